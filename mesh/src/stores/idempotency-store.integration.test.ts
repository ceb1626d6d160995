import type { Tenant } from '@portico/contracts/caller';
import type { RunStatement } from '@portico/service-kit/reads/reads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createIdempotencyStore, type Lease, requestHash, type StoredAnswer } from './idempotency-store.ts';
import { openAccessTable } from './testing.ts';

const SECOND = 1_000;
const LEASE = 60 * SECOND;
const DAY = 24 * 60 * LEASE;
const T0 = Date.UTC(2026, 10, 21, 12);

const answer: StoredAnswer = { status: 201, headers: { location: '/api/v1/orders/ord_1' }, body: '{"data":{"name":"Mäx ☕"}}' };

let table: Awaited<ReturnType<typeof openAccessTable>>;

beforeAll(async () => {
  table = await openAccessTable('idempotency_key');
});
afterAll(() => table?.[Symbol.asyncDispose]());

let tenants = 0;
/** A store for a tenant that nothing is known of, with a clock of its own. */
function setUp() {
  tenants += 1;
  const tenant: Tenant = { accountId: `acct_${tenants}`, mode: 'test' };
  const clock = { now: T0 };
  const store = createIdempotencyStore(table.run, () => clock.now);
  return {
    store,
    tenant,
    clock,
    claim: (key: string, hash = 'h', as: Tenant = tenant) => store.claim(as, key, hash),
    async leaseOf(key: string, hash = 'h', as: Tenant = tenant): Promise<Lease> {
      const claim = await store.claim(as, key, hash);
      if (claim.kind !== 'claimed') throw new Error(`${key} should have been free, but is ${claim.kind}`);
      return { seed: claim.seed, lockedUntil: claim.lockedUntil };
    },
  };
}

describe('an idempotency key', () => {
  it('is claimed once, is running until its answer is kept, and answers with it from then on', async () => {
    const { store, tenant, claim, leaseOf } = setUp();
    const lease = await leaseOf('a');
    expect(lease.seed).toMatch(/^[0-9a-z]{26}$/);
    expect(await claim('a')).toEqual({ kind: 'running' });
    await store.keep(tenant, 'a', lease, answer);
    expect(await claim('a')).toEqual({ kind: 'answered', answer });
    expect(await claim('b')).toMatchObject({ kind: 'claimed', seed: expect.not.stringMatching(lease.seed) });
  });

  it('that 50 requests bring at once is claimed by one of them; the others are told that it is running', async () => {
    const { claim } = setUp();
    const kinds = (await Promise.all(Array.from({ length: 50 }, () => claim('race')))).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'claimed')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'running')).toHaveLength(49);
  });

  it('is refused to another request, with the answer it has once there is one', async () => {
    const { store, tenant, claim, leaseOf } = setUp();
    const lease = await leaseOf('a', 'mine');
    expect(await claim('a', 'other')).toEqual({ kind: 'other_request', answer: undefined });
    await store.keep(tenant, 'a', lease, answer);
    expect(await claim('a', 'other')).toEqual({ kind: 'other_request', answer });
    expect(await claim('a', 'mine')).toEqual({ kind: 'answered', answer });
  });

  it('that was released is claimed again under the same seed, by the same request alone', async () => {
    const { store, tenant, claim, leaseOf } = setUp();
    const lease = await leaseOf('a');
    await store.release(tenant, 'a', lease);
    expect(await claim('a', 'other')).toEqual({ kind: 'other_request', answer: undefined });
    const kinds = (await Promise.all(Array.from({ length: 20 }, () => claim('a')))).filter(({ kind }) => kind === 'claimed');
    expect(kinds).toEqual([{ kind: 'claimed', seed: lease.seed, lockedUntil: expect.any(Date) }]);
  });

  it('keeps its answer when it is released or kept again afterwards', async () => {
    const { store, tenant, claim, leaseOf } = setUp();
    const lease = await leaseOf('a');
    await store.keep(tenant, 'a', lease, answer);
    await store.release(tenant, 'a', lease);
    await store.keep(tenant, 'a', lease, { ...answer, status: 500 });
    expect(await claim('a')).toEqual({ kind: 'answered', answer });
  });

  it('left by a crash is taken over when its lease is over and not before, under the same seed', async () => {
    const { clock, claim, leaseOf } = setUp();
    const lease = await leaseOf('a');
    clock.now += LEASE;
    expect(await claim('a')).toEqual({ kind: 'running' });
    clock.now += 1;
    expect(await claim('a', 'other')).toMatchObject({ kind: 'other_request' });
    expect(await claim('a')).toEqual({ kind: 'claimed', seed: lease.seed, lockedUntil: expect.any(Date) });
    clock.now += LEASE;
    expect(await claim('a')).toEqual({ kind: 'running' });
  });

  it('whose claim was accepted without an answer is claimed again by the gateway that lost it, and by no other', async () => {
    const { tenant, clock, claim, store } = setUp();
    const answers = ['lost', 'refused', 'heard'];
    const run: RunStatement = async (text, values) => {
      const answer = answers.shift();
      const rows = answer === 'refused' ? [] : await table.run(text, values);
      if (answer !== 'heard') throw new Error('Connection terminated unexpectedly');
      return rows;
    };
    const cutOff = createIdempotencyStore(run, () => clock.now);
    for (const _ of ['lost', 'refused']) {
      await expect(cutOff.claim(tenant, 'a', 'h')).rejects.toThrow('terminated');
      clock.now += SECOND;
    }
    expect(await claim('a')).toEqual({ kind: 'running' });
    const again = await cutOff.claim(tenant, 'a', 'h');
    if (again.kind !== 'claimed') throw new Error(again.kind);
    answers.push('heard');
    expect(await cutOff.claim(tenant, 'a', 'h')).toEqual({ kind: 'running' });
    await store.keep(tenant, 'a', again, answer);
    expect(await claim('a')).toEqual({ kind: 'answered', answer });
  });

  it('whose claim was lost stays with whoever took it over since, and is refused to another request', async () => {
    const { tenant, clock, claim, leaseOf } = setUp();
    const answers = ['lost', 'heard', 'lost', 'heard'];
    const run: RunStatement = async (text, values) => {
      const rows = await table.run(text, values);
      if (answers.shift() === 'lost') throw new Error('Connection terminated unexpectedly');
      return rows;
    };
    const cutOff = createIdempotencyStore(run, () => clock.now);
    await expect(cutOff.claim(tenant, 'a', 'h')).rejects.toThrow('terminated');
    expect(await cutOff.claim(tenant, 'a', 'other')).toEqual({ kind: 'other_request', answer: undefined });
    await expect(cutOff.claim(tenant, 'b', 'h')).rejects.toThrow('terminated');
    clock.now += LEASE + 1;
    await leaseOf('b');
    expect(await cutOff.claim(tenant, 'b', 'h')).toEqual({ kind: 'running' });
    expect(await claim('b')).toEqual({ kind: 'running' });
  });

  it('that was taken over is neither answered nor let go by the try that had it before', async () => {
    const { store, tenant, clock, claim, leaseOf } = setUp();
    const stalled = await leaseOf('a');
    clock.now += LEASE + 1;
    const successor = await leaseOf('a');
    await store.release(tenant, 'a', stalled);
    expect(await claim('a')).toEqual({ kind: 'running' });
    await store.keep(tenant, 'a', stalled, { ...answer, status: 409 });
    expect(await claim('a')).toEqual({ kind: 'running' });
    await store.keep(tenant, 'a', successor, answer);
    expect(await claim('a')).toEqual({ kind: 'answered', answer });
  });

  it('is free for any request after 24 hours, under a new seed that the old try cannot answer', async () => {
    const { store, tenant, clock, claim, leaseOf } = setUp();
    const old = await leaseOf('a', 'old');
    await store.keep(tenant, 'a', old, answer);
    clock.now += DAY;
    expect(await claim('a', 'old')).toEqual({ kind: 'answered', answer });
    clock.now += 1;
    expect((await leaseOf('a', 'new')).seed).not.toBe(old.seed);
    await store.keep(tenant, 'a', old, answer);
    await store.release(tenant, 'a', old);
    expect(await claim('a', 'new')).toEqual({ kind: 'running' });
  });

  it('belongs to one account in one mode', async () => {
    const { store, tenant, claim, leaseOf } = setUp();
    const others: Tenant[] = [
      { ...tenant, mode: 'live' },
      { ...tenant, accountId: `${tenant.accountId}_other` },
    ];
    const lease = await leaseOf('a');
    for (const other of others) {
      expect((await leaseOf('a', 'h', other)).seed).not.toBe(lease.seed);
      await store.keep(other, 'a', lease, answer);
      await store.release(other, 'a', lease);
      expect(await claim('a', 'h', other)).toEqual({ kind: 'running' });
    }
    await store.keep(tenant, 'a', lease, answer);
    for (const other of others) expect(await claim('a', 'h', other)).toEqual({ kind: 'running' });
  });

  it('whose time is over never answers with its old answer, even to a request that races the one that claims it', async ({
    onTestFinished,
  }) => {
    const { store, tenant, clock, claim, leaseOf } = setUp();
    await store.keep(tenant, 'a', await leaseOf('a'), answer);
    clock.now += DAY + 1;
    const first = await table.pool.connect();
    onTestFinished(() => first.release(true));
    await first.query('begin');
    const runFirst: RunStatement = (text, values) => first.query(text, [...values]).then(({ rows }) => rows);
    expect(await createIdempotencyStore(runFirst, () => clock.now).claim(tenant, 'a', 'h')).toMatchObject({ kind: 'claimed' });
    const second = claim('a');
    await expect.poll(waitingForLocks).toBe(1);
    await first.query('commit');
    expect(await second).toEqual({ kind: 'running' });
  });

  it('is swept when its time is over, and not before', async () => {
    const { store, tenant, clock, claim, leaseOf } = setUp();
    await store.keep(tenant, 'done', await leaseOf('done'), answer);
    await leaseOf('running');
    clock.now += SECOND;
    await store.keep(tenant, 'later', await leaseOf('later'), answer);
    const left = async (): Promise<unknown[]> =>
      (await table.run('select key from access.idempotency_key where account_id = $1 order by key', [tenant.accountId])).map(
        ({ key }) => key,
      );
    clock.now = T0 + DAY;
    await store.sweep();
    expect(await left()).toEqual(['done', 'later', 'running']);
    clock.now += 1;
    await store.sweep();
    expect(await left()).toEqual(['later']);
    expect(await claim('later')).toEqual({ kind: 'answered', answer });
  });
});

async function waitingForLocks(): Promise<number> {
  const { rows } = await table.pool.query(
    `select count(*)::int as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return rows[0]?.waiting;
}

describe('the hash of a request', () => {
  it('differs with its method, its target and every byte of its body', () => {
    const hashOf = (method: string, target: string, body: string): string => requestHash(method, target, Buffer.from(body));
    const others = [hashOf('PATCH', '/a', '{}'), hashOf('POST', '/a?x=1', '{}'), hashOf('POST', '/a', '{ }'), hashOf('POST', '/a', '')];
    expect(new Set([hashOf('POST', '/a', '{}'), ...others]).size).toBe(5);
    expect(hashOf('POST', '/a', '{}')).toBe(hashOf('POST', '/a', '{}'));
  });
});
