import type { Tenant } from '@portico/contracts/caller';
import { describe, expect, it } from 'vitest';
import { createResponseCache, type Shown } from './response-cache.ts';

const tenant = { accountId: 'acct_1', mode: 'test' } as const;
const PLENTY = 1_000_000;

function answer(data: string, rest = ''): Shown {
  return { data, rest, etag: `"${data}"` };
}

/** A cache whose versions are set by hand and whose answers count how often they were produced. */
function setUp(bytesMax = PLENTY) {
  const state = { version: '1', asked: 0, produced: 0, nowMs: 5_000 };
  const cache = createResponseCache({
    bytesMax,
    nowMs: () => state.nowMs,
    versions: {
      async current() {
        state.asked += 1;
        return state.version;
      },
    },
  });
  const show = (target: string, { as = tenant, produce }: { as?: Tenant; produce?: () => Promise<Shown> } = {}) =>
    cache.show(
      as,
      target,
      produce ??
        (async () => {
          state.produced += 1;
          return answer(`${target} of ${as.accountId} ${as.mode}, ${state.produced}`);
        }),
    );
  const outcomes = async (target: string, times: number, as: Tenant = tenant): Promise<string[]> => {
    const seen: string[] = [];
    for (let i = 0; i < times; i += 1) seen.push((await show(target, { as })).outcome);
    return seen;
  };
  return { state, show, outcomes };
}

describe('the response cache', () => {
  it('keeps an answer from the second ask on, and shows it from the third', async () => {
    const { state, show } = setUp();
    const [first, second, third] = [await show('/a'), await show('/a'), await show('/a')];
    expect([first.outcome, second.outcome, third.outcome]).toEqual(['miss', 'miss', 'hit']);
    expect(second.shown).not.toEqual(first.shown);
    expect(third.shown).toEqual(second.shown);
    expect(state.produced).toBe(2);
  });

  it('does not look at versions for what is asked for once', async () => {
    const { state, outcomes } = setUp();
    for (const target of ['/a', '/b', '/c']) await outcomes(target, 1);
    expect(state.asked).toBe(0);
  });

  it('does not show an answer of another version, and shows the new one from then on', async () => {
    const { state, show, outcomes } = setUp();
    await outcomes('/a', 3);
    state.version = '2';
    const fresh = await show('/a');
    expect(fresh.outcome).toBe('miss');
    expect(await show('/a')).toEqual({ shown: fresh.shown, outcome: 'hit', bytes: Buffer.byteLength(fresh.shown.data), ageSeconds: 0 });
  });

  it('never shows one tenant, mode or target what belongs to another', async () => {
    const { show, outcomes } = setUp();
    const others: { as: Tenant; target: string }[] = [
      { as: { accountId: 'acct_1', mode: 'live' }, target: '/a' },
      { as: { accountId: 'acct_2', mode: 'test' }, target: '/a' },
      { as: tenant, target: '/a?page=2' },
    ];
    await outcomes('/a', 3);
    for (const { as, target } of others) {
      expect(await outcomes(target, 3, as)).toEqual(['miss', 'miss', 'hit']);
      expect((await show(target, { as })).shown.data).toMatch(`${target} of ${as.accountId} ${as.mode},`);
    }
    expect((await show('/a')).shown.data).toMatch('/a of acct_1 test,');
  });

  it('says how many whole seconds ago an answer was produced, from before its data was read, and of a new one nothing', async () => {
    const { state, show } = setUp();
    const slow = async () => {
      state.nowMs += 400;
      return answer('slow');
    };
    const ages: (number | undefined)[] = [];
    for (let i = 0; i < 3; i += 1) ages.push((await show('/a', { produce: slow })).ageSeconds);
    for (const laterMs of [599, 1, 3_000]) {
      state.nowMs += laterMs;
      ages.push((await show('/a')).ageSeconds);
    }
    state.version = '2';
    for (let i = 0; i < 2; i += 1) ages.push((await show('/a')).ageSeconds);
    expect(ages).toEqual([undefined, undefined, 0, 0, 1, 4, undefined, 0]);
  });

  it('does not keep what was read before a change under the version after it', async () => {
    const { state, show, outcomes } = setUp();
    await outcomes('/a', 1);
    const { shown: stale } = await show('/a', {
      produce: async () => {
        const read = answer('before the change');
        state.version = '2';
        return read;
      },
    });
    expect(stale.data).toBe('before the change');
    const after = await show('/a');
    expect(after.outcome).toBe('miss');
    expect(after.shown.data).not.toBe('before the change');
  });

  it('does not let a slow reader put back what a change has outdated', async () => {
    const { state, show, outcomes } = setUp();
    await outcomes('/a', 1);
    const { promise, resolve } = Promise.withResolvers<Shown>();
    const begun = Promise.withResolvers<void>();
    const slow = show('/a', {
      produce: () => {
        begun.resolve();
        return promise;
      },
    });
    await begun.promise;
    state.version = '2';
    await show('/a');
    resolve(answer('before the change'));
    await slow;
    expect((await show('/a')).shown.data).not.toBe('before the change');
  });

  it('keeps nothing and asks for no version when it may have no bytes', async () => {
    const { state, outcomes } = setUp(0);
    expect(await outcomes('/a', 4)).toEqual(['miss', 'miss', 'miss', 'miss']);
    expect(state).toMatchObject({ produced: 4, asked: 0 });
  });

  it('drops what was not shown for longest when the bytes are used up', async () => {
    const { show, outcomes } = setUp(4_000);
    const big = { produce: async () => answer('x'.repeat(400), 'y'.repeat(200)) };
    for (const target of ['/a', '/b', '/a', '/b', '/a']) await show(target, big);
    expect((await show('/b', big)).outcome).toBe('hit');
    expect((await show('/a', big)).outcome).toBe('hit');
    for (let i = 0; i < 2; i += 1) await show('/c', big);
    expect((await show('/a', big)).outcome).toBe('hit');
    expect((await show('/c', big)).outcome).toBe('hit');
    expect(await outcomes('/b', 2)).toEqual(['miss', 'miss']);
  });

  it.each(['data', 'rest', 'link'] as const)('counts the %s of an answer among the bytes', async (part) => {
    const bytesMax = 10_000;
    const { show } = setUp(bytesMax);
    const produce = async () => ({ ...answer('{}'), [part]: 'x'.repeat(1_000) });
    const targets = Array.from({ length: 20 }, (_, i) => `/${i}`);
    for (const target of targets) for (let i = 0; i < 2; i += 1) await show(target, { produce });
    let hits = 0;
    for (const target of targets.reverse()) if ((await show(target, { produce })).outcome === 'hit') hits += 1;
    expect(hits).toBeGreaterThan(0);
    expect(hits * 1_000).toBeLessThanOrEqual(bytesMax);
  });

  it('shows an answer that is larger than the cache without keeping it or losing the others', async () => {
    const { show, outcomes } = setUp(4_000);
    await outcomes('/a', 2);
    const huge = { produce: async () => answer('x'.repeat(2_000)) };
    for (let i = 0; i < 4; i += 1) expect(await show('/huge', huge)).toMatchObject({ outcome: 'miss', shown: await huge.produce() });
    expect(await outcomes('/a', 1)).toEqual(['hit']);
  });

  it('passes on an error of the answer and keeps nothing of it', async () => {
    const { outcomes, show } = setUp();
    const failing = { produce: () => Promise.reject(new Error('the database is away')) };
    await expect(show('/a', failing)).rejects.toThrow('the database is away');
    expect(await outcomes('/a', 1)).toEqual(['miss']);
    await expect(show('/a', failing)).rejects.toThrow('the database is away');
    expect(await outcomes('/a', 2)).toEqual(['miss', 'hit']);
  });

  it('passes on an error of the version, and shows nothing unchecked meanwhile', async () => {
    let away = false;
    const cache = createResponseCache({
      bytesMax: PLENTY,
      nowMs: () => 0,
      versions: { current: () => (away ? Promise.reject(new Error('no version')) : Promise.resolve('1')) },
    });
    let produced = 0;
    const show = () =>
      cache.show(tenant, '/a', async () => {
        produced += 1;
        return answer(String(produced));
      });
    for (let i = 0; i < 2; i += 1) await show();
    away = true;
    await expect(show()).rejects.toThrow('no version');
    expect(produced).toBe(2);
    away = false;
    expect(await show()).toMatchObject({ outcome: 'hit', shown: { data: '2' } });
  });
});
