// The two sides on which people sign in. What belongs to one, its path, its cookie, its sessions, means nothing to the other.

export const SIDES = {
  /** On the gateway's public listener. */
  developer: { pages: '/portal', prefix: '/portal/api', cookie: 'portico_developer' },
  /** On its internal listener. */
  operator: { pages: '/console', prefix: '/console/api', cookie: 'portico_operator' },
} as const;

export type Side = keyof typeof SIDES;

/** What a sign-in request asks for: its path under `<prefix>/auth`, as `/sign-in/email`. Empty for any other request. */
export function signInPath(side: Side, { url }: Request): string {
  const base = `${SIDES[side].prefix}/auth`;
  const { pathname } = new URL(url);
  return pathname.startsWith(base) ? pathname.slice(base.length) : '';
}
