import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type AnswerCache, type AnswerCacheOptions, openAnswerCache } from './answer-cache.ts';
import { answerKey } from './answer-key.ts';

const POLICY = { ttlMs: 300_000, staleMs: 3_600_000 };
const failure = (code: string): Error => Object.assign(new Error(code), { code });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function open(options: Partial<AnswerCacheOptions> = {}): AnswerCache & { clock: { at: number } } {
  const clock = { at: 1_000_000 };
  return { ...openAnswerCache({ now: () => clock.at, ...options }), clock };
}

const give =
  (value: unknown): (() => Promise<unknown>) =>
  async () =>
    value;
const fail = (code: string) => async (): Promise<never> => {
  throw failure(code);
};
const hang = (): Promise<never> => new Promise(() => {});
const never = async (): Promise<never> => {
  throw new Error('The provider was asked.');
};

describe('a kept answer', () => {
  it('is live, then fresh with its age until its time is over, then asked for again', async () => {
    const cache = open();
    expect(await cache.through('k', POLICY, {}, give('a'))).toEqual({ value: 'a', cached: false, stale: false, ageMs: 0 });
    cache.clock.at += 299_999;
    expect(await cache.through('k', POLICY, {}, never)).toEqual({ value: 'a', cached: true, stale: false, ageMs: 299_999 });
    cache.clock.at += 1;
    expect(await cache.through('k', POLICY, {}, give('b'))).toEqual({ value: 'b', cached: false, stale: false, ageMs: 0 });
  });

  it.each(['API_TIMEOUT', 'RATE_LIMIT_EXCEEDED', 'CIRCUIT_BREAKER_OPEN', 'SERVER_ERROR'])('stands in, stale, for %s', async (code) => {
    const cache = open();
    await cache.through('k', POLICY, {}, give('a'));
    cache.clock.at += 400_000;
    expect(await cache.through('k', POLICY, {}, fail(code))).toEqual({ value: 'a', cached: true, stale: true, ageMs: 400_000 });
  });

  it.each(['CLIENT_ERROR', 'AUTHENTICATION_ERROR', 'VALIDATION_ERROR', 'CANCELLED', 'OUTCOME_UNKNOWN'])('never hides %s', async (code) => {
    const cache = open();
    await cache.through('k', POLICY, {}, give('a'));
    cache.clock.at += 400_000;
    await expect(cache.through('k', POLICY, {}, fail(code))).rejects.toMatchObject({ code });
  });

  it('stands in when the provider hangs, after the soft timeout', async () => {
    const cache = open();
    await cache.through('k', POLICY, {}, give('a'));
    cache.clock.at += 400_000;
    const answer = cache.through('k', { ...POLICY, softTimeoutMs: 100 }, {}, hang);
    let settled = false;
    answer.then(() => {
      settled = true;
    });
    await vi.advanceTimersByTimeAsync(99);
    expect(settled).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await answer).toMatchObject({ value: 'a', stale: true });
  });

  it('stands in at once without a soft timeout, and is replaced behind the caller while the budget allows', async () => {
    let allowed = false;
    const cache = open();
    await cache.through('k', POLICY, {}, give('a'));
    cache.clock.at += 400_000;
    const policy = { ...POLICY, softTimeoutMs: 0 };
    const load = vi.fn(give('b'));
    const ask = async (): Promise<unknown> => {
      const answer = cache.through('k', policy, { mayRefresh: () => allowed }, load);
      await vi.advanceTimersByTimeAsync(1);
      return answer;
    };
    expect(await ask()).toMatchObject({ value: 'a', stale: true });
    expect(load).not.toHaveBeenCalled();
    allowed = true;
    await ask();
    expect(await ask()).toMatchObject({ value: 'b', cached: true, stale: false });
    expect(load).toHaveBeenCalledTimes(1);
  });

  it('is not stale for longer than the policy or the caller wants', async () => {
    const cache = open();
    await cache.through('k', POLICY, {}, give('a'));
    cache.clock.at += 310_000;
    await expect(cache.through('k', POLICY, { maxStaleMs: 10_000 }, fail('API_TIMEOUT'))).rejects.toThrow();
    expect(await cache.through('k', POLICY, { maxStaleMs: 10_001 }, fail('API_TIMEOUT'))).toMatchObject({ stale: true });
    cache.clock.at += 3_600_000;
    await expect(cache.through('k', POLICY, { maxStaleMs: 9e9 }, fail('API_TIMEOUT'))).rejects.toThrow();
  });

  it('cannot be changed by who got it', async () => {
    const cache = open();
    const first = await cache.through('k', POLICY, {}, async () => ({ items: [1] }));
    first.value.items.push(2);
    const second = await cache.through('k', POLICY, {}, async () => ({ items: [0] }));
    second.value.items.push(3);
    expect((await cache.through('k', POLICY, {}, async () => ({ items: [0] }))).value).toEqual({ items: [1] });
  });

  it.each([
    ['says no-store', { status: 200, headers: { 'Cache-Control': 'private, no-store' } }],
    ['is no 2xx', { status: 304, headers: {} }],
  ])('is none when it %s', async (_name, value) => {
    const cache = open();
    const load = vi.fn(give(value));
    await cache.through('k', POLICY, {}, load);
    await cache.through('k', POLICY, {}, load);
    expect(load).toHaveBeenCalledTimes(2);
  });

  it('is one, whatever else its cache headers say', async () => {
    const cache = open();
    const value = { status: 200, headers: { 'cache-control': 'max-age=0, x-no-store-hint' } };
    await cache.through('k', POLICY, {}, give(value));
    expect(await cache.through('k', POLICY, {}, never)).toMatchObject({ value, cached: true });
  });

  it('is dropped for others when there are too many or too much', async () => {
    const cache = open({ bytesMax: 10_000 });
    for (const key of ['a', 'b', 'c']) await cache.through(key, POLICY, {}, give('x'.repeat(2_000)));
    await expect(cache.through('a', POLICY, {}, never)).rejects.toThrow();
    expect(await cache.through('c', POLICY, {}, never)).toMatchObject({ cached: true });
  });
});

describe('callers at the same time', () => {
  it('cause one load, and all get its answer or its failure; a failure is not kept', async () => {
    const cache = open();
    const load = vi.fn(fail('API_TIMEOUT'));
    const failed = await Promise.allSettled(Array.from({ length: 50 }, () => cache.through('k', POLICY, {}, load)));
    expect(failed.every(({ status }) => status === 'rejected')).toBe(true);
    const again = vi.fn(give('a'));
    const answers = await Promise.all(Array.from({ length: 50 }, () => cache.through('k', POLICY, {}, again)));
    expect(new Set(answers.map(({ value }) => value))).toEqual(new Set(['a']));
    expect([load.mock.calls.length, again.mock.calls.length]).toEqual([1, 1]);
  });
});

describe('a provider that says nothing about caching', () => {
  it('is asked for fewer than a fifth of the calls, when each of its things is asked for four times in the life of an answer', async () => {
    const cache = open();
    let state = 7;
    const random = (): number => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return state / 2_147_483_648;
    };
    let asked = 0;
    const calls = 40_000;
    // A thousand things, some asked for more often than others (Zipf); 20 calls a second make 6 calls a thing in 300 s.
    const bounds: number[] = [];
    for (let rank = 1; rank <= 1_000; rank += 1) bounds.push((bounds.at(-1) ?? 0) + 1 / Math.sqrt(rank));
    const total = bounds.at(-1) ?? 0;
    for (let call = 0; call < calls; call += 1) {
      cache.clock.at += 50;
      const wanted = random() * total;
      const thing = bounds.findIndex((bound) => bound >= wanted);
      await cache.through(`thing-${thing}`, POLICY, {}, async () => {
        asked += 1;
        return { status: 200, headers: {}, text: '{}' };
      });
    }
    expect(1 - asked / calls).toBeGreaterThan(0.8);
  });
});

describe('the key of an answer', () => {
  const base = { provider: 'acme', operation: 'get', params: { id: '1' }, query: { b: '2', a: '1' }, credential: 'one' };

  it('is the same for the same request, in whatever order', () => {
    expect(answerKey({ ...base, query: { a: '1', b: '2', c: undefined } })).toBe(answerKey(base));
  });

  it.each([
    ['credential', { credential: 'two' }],
    ['params', { params: { id: '2' } }],
    ['query', { query: { a: '1', b: ['2'] } }],
    ['a value moved between params and query', { params: {}, query: { ...base.query, id: '1' } }],
    ['operation', { operation: 'list' }],
    ['provider', { provider: 'other' }],
  ])('is another one for another %s', (_name, change) => {
    expect(answerKey({ ...base, ...change })).not.toBe(answerKey(base));
  });

  it('takes dates and large integers, and tells nothing', () => {
    expect(answerKey({ ...base, query: { at: new Date(0), n: 1n, mail: 'canary@x' } })).not.toContain('canary');
    expect(answerKey({ ...base, query: { at: new Date(0) } })).not.toBe(answerKey({ ...base, query: { at: new Date(1) } }));
  });

  it("never gives one credential another's answer, in 10,000 random pairs", async () => {
    // Parts that could run into each other if they were joined without care.
    const pieces = ['', 'a', 'b', 'ab', ':', '"', ',', '{}', '[]', '1', '\\', 'null'];
    let state = 42;
    const pick = (): string => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return pieces[state % pieces.length] ?? '';
    };
    const cache = open({ entriesMax: 100_000 });
    let compared = 0;
    for (let i = 0; i < 10_000; i += 1) {
      const request = { provider: 'p', operation: 'o', params: { x: pick() }, query: { [pick()]: pick() } };
      const [one, other] = [pick() + pick(), pick() + pick()];
      if (one === other) continue;
      for (const credential of [one, other]) {
        const { value } = await cache.through(answerKey({ ...request, credential }), POLICY, {}, async () => ({ credential }));
        expect(value.credential).toBe(credential);
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(15_000);
  });
});
