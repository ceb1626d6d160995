// The two sides on which people sign in. What belongs to one, its path, its cookie, its sessions, means nothing to the other.

export const SIDES = {
  /** On the gateway's public listener. */
  developer: { pages: '/portal', prefix: '/portal/api', cookie: 'portico_developer' },
  /** On its internal listener. */
  operator: { pages: '/console', prefix: '/console/api', cookie: 'portico_operator' },
} as const;

export type Side = keyof typeof SIDES;
