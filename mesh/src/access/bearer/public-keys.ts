// The public keys that tokens are verified with, by their ids. They are asked for twice a minute, and when one changed.
import { createPublicKey } from 'node:crypto';
import type { Jwks } from '@portico/contracts/access-records';

export type PublicKeys = {
  /** The key as PEM; undefined for one that is not published. */
  find(kid: string): Promise<string | undefined>;
  /** The next question asks anew. */
  forget(): void;
};

/**
 * How long keys are believed in, also that there are no others: tokens of made-up keys must not make us ask. And then as long again what was verified
 * with them: a withdrawn key ends within a minute when nobody tells.
 */
export const KEYS_KEPT_MS = 30_000;

export function createPublicKeys(jwks: () => Promise<Jwks>, nowMs: () => number): PublicKeys {
  let known = new Map<string, string>();
  let askedAt = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> | undefined;
  async function ask(): Promise<Map<string, string>> {
    const { keys } = await jwks();
    return new Map(
      keys.flatMap((jwk) => {
        if (typeof jwk.kid !== 'string' || jwk.kty !== 'RSA') return [];
        return [[jwk.kid, String(createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' }))] as const];
      }),
    );
  }
  const forget = (): void => {
    askedAt = Number.NEGATIVE_INFINITY;
  };
  let asked = 0;
  async function refresh(): Promise<void> {
    asked += 1;
    const own = asked;
    try {
      const answer = await ask();
      // An answer that was overtaken may be from before a change.
      if (own === asked) known = answer;
    } catch (error) {
      // Without an answer the next token asks again.
      forget();
      throw error;
    }
  }
  return {
    async find(kid) {
      if (nowMs() - askedAt > KEYS_KEPT_MS) {
        askedAt = nowMs();
        asking = refresh();
      }
      await asking;
      return known.get(kid);
    },
    forget,
  };
}
