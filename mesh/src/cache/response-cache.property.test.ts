// The cache and the versions it is checked against, over a database that is a model: random reads, writes and failures of several tenants,
// each statement of which takes effect and is answered at a random moment. Every answer is held against what was true when its read began.
import { MODES, type Tenant } from '@portico/contracts/caller';
import { describe, expect, it } from 'vitest';
import { createDataVersions } from './data-versions.ts';
import { createLookAtVersions } from './look-at-versions.ts';
import { createResponseCache, type Shown } from './response-cache.ts';

const SEEDS = [20_260_131, 7, 1_815, 4_242, 99_991];
const STEPS_PER_SEED = 12_000;
/** Room for everything, for a part of it so that answers are dropped all the time, and for single answers. */
const SIZES = [1_000_000, 3_000, 700];

const TENANTS: readonly Tenant[] = ['acct_1', 'acct_11'].flatMap((accountId) => MODES.map((mode) => ({ accountId, mode })));
const TARGETS = ['/a', '/a?page=1', '/a?page=11', '/b'];
const SCHEMAS = ['orders', 'products'];
/** Of a hundred steps; the rest let a statement that is under way go on. */
const READS = 14;
const WRITES = 4;
const FAILURES_OF_A_HUNDRED = 3;

/** What an answer shows: whose it is, and the versions of the rows that it was made of, one per statement. */
type Content = { accountId: string; mode: string; target: string; versions: number[] };
type Tally = { hits: number; misses: number; failures: number; writesWhileProduced: number; wrong: object[] };

/** mulberry32: small, and the same everywhere. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Whatever can run without another statement going on has run. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function play(seed: number, bytesMax: number): Promise<Tally> {
  const random = seeded(seed);
  const below = (count: number): number => Math.floor(random() * count);
  const pick = <Item>(items: readonly Item[]): Item => items[below(items.length)] as Item; // no list here is empty
  const tally: Tally = { hits: 0, misses: 0, failures: 0, writesWhileProduced: 0, wrong: [] };

  const current = new Map<string, number>();
  const keyOf = ({ accountId, mode }: { accountId: unknown; mode: unknown }): string => `${accountId}/${mode}`;
  const versionOf = (tenant: { accountId: unknown; mode: unknown }): number => current.get(keyOf(tenant)) ?? 0;

  let transactions = 0;

  const waiting: (() => void)[] = [];
  const pause = (): Promise<void> => new Promise((resolve) => waiting.push(resolve));
  /** A statement: it is on its way, takes effect at once, and its answer is on its way back. */
  async function statement<Result>(effect: () => Result): Promise<Result> {
    await pause();
    if (below(100) < FAILURES_OF_A_HUNDRED) throw new Error('The database is away.');
    const result = effect();
    await pause();
    return result;
  }

  const look = createLookAtVersions({
    schemas: SCHEMAS,
    run: (_text, [accounts, modes, unless]) =>
      statement(() => {
        const seen = String(transactions);
        if (seen === unless) return [];
        return (accounts as string[]).map((accountId, i) => ({
          version: String(versionOf({ accountId, mode: (modes as string[])[i] })),
          seen,
        }));
      }),
  });
  const versions = createDataVersions(look);
  const cache = createResponseCache({ versions, bytesMax, nowMs: () => 0 });
  /** The tenant of every answer that is being made. */
  const producing: string[] = [];

  async function produce(tenant: Tenant, target: string): Promise<Shown> {
    producing.push(keyOf(tenant));
    try {
      const content: Content = { accountId: tenant.accountId, mode: tenant.mode, target, versions: [] };
      for (let statements = 1 + below(2); statements > 0; statements -= 1) content.versions.push(await statement(() => versionOf(tenant)));
      return { data: JSON.stringify(content), rest: '', etag: '""' };
    } finally {
      producing.splice(producing.indexOf(keyOf(tenant)), 1);
    }
  }

  async function read(tenant: Tenant, target: string): Promise<void> {
    const atLeast = versionOf(tenant);
    try {
      const { shown, outcome } = await cache.show(tenant, target, () => produce(tenant, target));
      const { versions: seen, ...whose } = JSON.parse(shown.data) as Content;
      const isRight = whose.target === target && keyOf(whose) === keyOf(tenant) && Math.min(...seen) >= atLeast;
      if (!isRight) tally.wrong.push({ outcome, asked: { ...tenant, target, atLeast }, shown: { ...whose, seen } });
      if (outcome === 'hit') tally.hits += 1;
      else tally.misses += 1;
    } catch {
      tally.failures += 1;
    }
  }

  const reads: Promise<void>[] = [];
  for (let step = 0; step < STEPS_PER_SEED; step += 1) {
    const chosen = below(100);
    if (chosen < READS) reads.push(read(pick(TENANTS), pick(TARGETS)));
    else if (chosen < READS + WRITES) {
      const tenant = pick(TENANTS);
      current.set(keyOf(tenant), versionOf(tenant) + 1);
      transactions += 1;
      if (producing.includes(keyOf(tenant))) tally.writesWhileProduced += 1;
    } else waiting.splice(below(waiting.length), 1)[0]?.();
    await settled();
  }
  let ended = false;
  const all = Promise.all(reads).then(() => {
    ended = true;
  });
  while (!ended) {
    waiting.splice(0).forEach((goOn) => void goOn());
    await settled();
  }
  await all;
  return tally;
}

describe.each(SIZES)('the response cache with %i bytes, under random reads and writes', (bytesMax) => {
  it.each(SEEDS)('shows nothing older than when the read began, and nothing of another tenant, mode or target (seed %i)', async (seed) => {
    const { wrong, hits, misses, failures, writesWhileProduced } = await play(seed, bytesMax);
    expect(wrong).toEqual([]);
    // What was played is what was meant: answers are kept and dropped, and change while they are made.
    expect(Math.min(hits, failures)).toBeGreaterThan(0);
    expect(misses).toBeGreaterThan(100);
    expect(writesWhileProduced).toBeGreaterThan(20);
    if (bytesMax === Math.max(...SIZES)) expect(hits).toBeGreaterThan(100);
  });
});
