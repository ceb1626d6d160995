import type { SigningKey } from '../answers.ts';

export type KeyState = 'will sign' | 'signs now' | 'published' | 'ended';

/** What each of the keys is good for at a time, by id. Of those that may sign, the one that began last does. */
export function keyStates(keys: readonly Pick<SigningKey, 'id' | 'notBefore' | 'retiredAt'>[], now: Date): ReadonlyMap<string, KeyState> {
  const began = keys.filter(({ notBefore }) => new Date(notBefore) <= now).sort((a, b) => b.notBefore.localeCompare(a.notBefore));
  const signing = began.find(({ retiredAt }) => retiredAt == null || new Date(retiredAt).getTime() >= now.getTime() + TOKEN_LIFETIME_MS);
  return new Map(
    keys.map(({ id, notBefore, retiredAt }) => {
      if (retiredAt != null && new Date(retiredAt) <= now) return [id, 'ended'];
      if (new Date(notBefore) > now) return [id, 'will sign'];
      return [id, id === signing?.id ? 'signs now' : 'published'];
    }),
  );
}

/** A key that ends before a token of its would signs no more. */
const TOKEN_LIFETIME_MS = 3_600_000;
