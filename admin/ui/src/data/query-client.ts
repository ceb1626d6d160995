import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { refusalOf } from './refusal.ts';
import type { SessionWatch } from './session-watch.ts';

const FRESH_MS = 10_000;
const TRIES = 2;
/** What may go better the next time; anything else was understood and refused. */
const PASSING: ReadonlySet<string> = new Set(['UNREACHABLE', 'UPSTREAM_ERROR', 'UPSTREAM_TIMEOUT', 'SERVICE_UNAVAILABLE']);

export function createQueryClient(watch: SessionWatch): QueryClient {
  const onError = (error: unknown): void => {
    const { code, ofProcedure } = refusalOf(error);
    if (ofProcedure && code === 'AUTHENTICATION_ERROR') watch.ended();
  };
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({
      onError,
      // After a change all that is shown is asked for again: pages need not know what hangs on what.
      onSuccess: () => void client.invalidateQueries(),
    }),
    defaultOptions: {
      queries: { staleTime: FRESH_MS, retry: (failures, error) => failures < TRIES && PASSING.has(refusalOf(error).code) },
      // A change is never sent again by itself, and what it answers can be a secret: nothing keeps it.
      mutations: { retry: false, gcTime: 0 },
    },
  });
  return client;
}
