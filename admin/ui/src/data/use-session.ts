import { useSuspenseQuery } from '@tanstack/react-query';
import { useApp } from '../app-root.tsx';
import type { Session } from './auth.ts';

const FRESH_MS = 60_000;

/** Who is signed in. For pages that are shown to nobody else. */
export function useSession(): Session {
  const { auth, watch } = useApp();
  const { data } = useSuspenseQuery({
    queryKey: ['session'],
    async queryFn() {
      const session = await auth.session();
      // What is shown stays until somebody has signed in again.
      if (session === null) watch.ended();
      return session;
    },
    staleTime: FRESH_MS,
    structuralSharing: (before, now) => now ?? before,
  });
  if (data === null) throw new Error('Nobody is signed in.');
  return data;
}
