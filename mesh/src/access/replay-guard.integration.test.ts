import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAccessTable } from '../stores/testing.ts';
import { createReplayGuard, type ReplayGuard, type SignatureUse } from './replay-guard.ts';

const MINUTE = 60_000;

let table: Awaited<ReturnType<typeof openAccessTable>>;
let guard: ReplayGuard;

beforeAll(async () => {
  table = await openAccessTable('used_signature');
  guard = createReplayGuard(table.run);
});
afterAll(() => table?.[Symbol.asyncDispose]());

let uses = 0;
/** A use of a signature that was never used. */
function newUse(change: Partial<SignatureUse> = {}): SignatureUse {
  uses += 1;
  return { keyId: 'key_1', signature: `sha256=${uses}`, idempotencyKey: undefined, expiresAtMs: Date.now() + 10 * MINUTE, ...change };
}

function race(use: SignatureUse, count: number): Promise<boolean[]> {
  return Promise.all(Array.from({ length: count }, () => guard.accept(use)));
}

describe('a signature', () => {
  it('is accepted once, however many bring it at the same time', async () => {
    const use = newUse();
    expect((await race(use, 50)).filter(Boolean)).toHaveLength(1);
    expect(await guard.accept(use)).toBe(false);
  });

  it('is accepted again with its own idempotency key, which answers the request without doing it again', async () => {
    const use = newUse({ idempotencyKey: 'order-1' });
    expect(await race(use, 50)).toEqual(Array.from({ length: 50 }, () => true));
  });

  it.each<[string, string | undefined, string | undefined]>([
    ['with another idempotency key', 'order-1', 'order-2'],
    ['without the idempotency key it had', 'order-1', undefined],
    ['with an idempotency key it did not have', undefined, 'order-1'],
  ])('is refused %s', async (_, idempotencyKey, next) => {
    const use = newUse({ idempotencyKey });
    expect(await guard.accept(use)).toBe(true);
    expect(await guard.accept({ ...use, idempotencyKey: next })).toBe(false);
  });

  it('of one idempotency key wins against the others that bring it at the same time', async () => {
    const use = newUse();
    const tries = Array.from({ length: 50 }, (_, i) => ({ ...use, idempotencyKey: `order-${i % 5}` }));
    const accepted = await Promise.all(tries.map(async (one) => ((await guard.accept(one)) ? [one.idempotencyKey] : [])));
    const keys = accepted.flat();
    expect(new Set(keys).size).toBe(1);
    expect(keys).toHaveLength(10);
  });

  it('is another one when another key made it', async () => {
    const use = newUse();
    expect(await guard.accept(use)).toBe(true);
    expect(await guard.accept({ ...use, keyId: 'key_2' })).toBe(true);
    expect(await guard.accept({ ...use, keyId: 'key_2' })).toBe(false);
  });

  it('is forgotten by a sweep when it is too old, and not before', async () => {
    const [over, valid] = [newUse({ expiresAtMs: Date.now() - 1 }), newUse()];
    for (const use of [over, valid]) expect(await guard.accept(use)).toBe(true);
    expect(await guard.accept(over)).toBe(false);
    await guard.sweep();
    expect(await guard.accept(valid)).toBe(false);
    expect(await guard.accept(over)).toBe(true);
  });
});
