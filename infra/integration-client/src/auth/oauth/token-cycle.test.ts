import { describe, expect, it } from 'vitest';
import { secretOf } from '../../secrets.ts';
import type { Token } from './request-token.ts';
import { createTokenCycle } from './token-cycle.ts';

const FIRST = secretOf('first');
const SECOND = secretOf('second');
const NOW = 1_000_000_000;
const { signal } = new AbortController();

/** A cycle whose tokens are t1, t2…; they come when `give` is called, of the secret that it is given. */
function openCycle() {
  const clock = { at: NOW };
  const asked: ((secret: typeof FIRST) => void)[] = [];
  const cycle = createTokenCycle({
    obtain: () =>
      new Promise((resolve) =>
        asked.push((secret) => {
          const token: Token = {
            accessToken: `t${asked.length}`,
            secretVersion: secret.version,
            obtainedAt: clock.at,
            expiresAt: clock.at + 3_600_000,
          };
          resolve({ token, secret });
        }),
      ),
    authorizationOf: ({ accessToken }) => ({ headers: { authorization: accessToken } }),
    now: () => clock.at,
    closing: signal,
    onFailure: () => {},
  });
  const begin = async () => {
    const authorizing = cycle.authorize(FIRST, signal);
    asked[0]?.(FIRST);
    return await authorizing;
  };
  return { cycle, clock, asked, begin };
}

describe('a token that is refused right after it was given', () => {
  it('is not replaced: another one would be refused too', async () => {
    const { cycle, clock, asked, begin } = openCycle();
    const used = await begin();
    clock.at += 1_999;
    expect(await cycle.refused(FIRST, signal, used)).toBe(false);
    expect(asked).toHaveLength(1);
  });

  it('is replaced when only the clock says so, which was set back', async () => {
    const { cycle, clock, asked, begin } = openCycle();
    const used = await begin();
    clock.at -= 3_600_000;
    const refused = cycle.refused(FIRST, signal, used);
    asked[1]?.(FIRST);
    expect(await refused).toBe(true);
  });

  it('is replaced when its secret has a successor: both were ended together', async () => {
    const { cycle, asked, begin } = openCycle();
    const used = await begin();
    const refused = cycle.refused(SECOND, signal, used);
    asked[1]?.(SECOND);
    expect(await refused).toBe(true);
    expect((await cycle.authorize(SECOND, signal)).headers.authorization).toBe('t2');
  });

  it('is waited for when its successor is under way already, which is asked for once', async () => {
    const { cycle, asked, begin } = openCycle();
    const used = await begin();
    // Due for the new secret: replaced behind the call, which still gets the old one.
    expect(await cycle.authorize(SECOND, signal)).toBe(used);
    const refused = [cycle.refused(SECOND, signal, used), cycle.refused(SECOND, signal, used)];
    expect(asked).toHaveLength(2);
    asked[1]?.(SECOND);
    expect(await Promise.all(refused)).toEqual([true, true]);
  });
});
