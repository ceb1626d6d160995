import type { QueryClient } from '@tanstack/react-query';
import { type Auth, createAuth, type Session } from './auth.ts';
import { createQueryClient } from './query-client.ts';
import { createSessionWatch, type SessionWatch } from './session-watch.ts';

/** What every page of one side is given. */
export type App = {
  /** As people call it. */
  readonly name: string;
  /** `/portal/`. */
  readonly base: string;
  /** `/portal/api`. */
  readonly api: string;
  /** Whether people make their sign-in themselves. */
  readonly signsUp: boolean;
  readonly auth: Auth;
  readonly watch: SessionWatch;
  readonly queryClient: QueryClient;
};

export function openApp({ name, base, signsUp }: Pick<App, 'name' | 'base' | 'signsUp'>): App {
  const watch = createSessionWatch();
  const api = `${base}api`;
  return { name, base, api, signsUp, auth: createAuth(api), watch, queryClient: createQueryClient(watch) };
}

/** Null when nobody is signed in. Asked anew when it is not known that somebody is. */
export async function sessionOf({ auth, queryClient }: Pick<App, 'auth' | 'queryClient'>): Promise<Session | null> {
  const session = await queryClient.fetchQuery({ queryKey: ['session'], queryFn: auth.session, staleTime: 60_000 });
  if (session === null) queryClient.removeQueries({ queryKey: ['session'] });
  return session;
}

/** Where somebody wanted to go before signing in; the first page for what leads out of the app. */
export function pathWithin(base: string, next: string | undefined): string {
  return next?.startsWith(base) && !next.includes('//') && !next.includes('\\') ? next : base;
}
