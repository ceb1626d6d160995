import { randomBytes, timingSafeEqual } from 'node:crypto';

export type AccessTokens = {
  /** A token for a client that knows the secret; undefined for one that does not. */
  issue(clientId: string, clientSecret: string): { token: string; expiresInSeconds: number } | undefined;
  accepts(authorization: string | undefined): boolean;
};

const LIFETIME_MS = 3_600_000;
const TOKENS_MAX = 10_000;

/** Opaque bearer tokens for the one client there is. They are gone with the process: a client that is refused gets a new one. */
export function createAccessTokens(client: { id: string; secret: string }, now: () => number): AccessTokens {
  const expiry = new Map<string, number>();
  return {
    issue(id, secret) {
      if (id !== client.id || !same(secret, client.secret)) return undefined;
      const [oldest] = expiry.keys();
      if (expiry.size >= TOKENS_MAX && oldest !== undefined) expiry.delete(oldest);
      const token = `sat_${randomBytes(24).toString('base64url')}`;
      expiry.set(token, now() + LIFETIME_MS);
      return { token, expiresInSeconds: LIFETIME_MS / 1_000 };
    },
    accepts(authorization) {
      const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
      const until = token === undefined ? undefined : expiry.get(token);
      return until !== undefined && now() < until;
    },
  };
}

function same(given: string, known: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(known)];
  return a.length === b.length && timingSafeEqual(a, b);
}
