import { silentLogger } from '@portico/service-kit/testing';
import { NO_TRACING } from '@portico/service-kit/tracing/tracing';
import { expect, it } from 'vitest';
import type { AttemptResult } from '../attempts/attempt-delivery.ts';
import type { ClaimedDelivery } from '../claiming/claimed-delivery.ts';
import type { EndpointConfig } from '../claiming/endpoint-configs.ts';
import { newSecret, signingKeys } from '../signing/secret.ts';
import { type DelivererOptions, startDeliverer } from './start-deliverer.ts';

const LEASED = { id: 'dlv_1', endpointId: 'wh_1', endpointVersion: 1, ratePerSecond: null, waitMs: 0, occurredAt: new Date(0) };

const ENDPOINT: EndpointConfig = {
  id: 'wh_1',
  url: 'https://receiver.example/',
  apiVersion: '1',
  headers: {},
  keys: signingKeys(newSecret()),
  previousKeysAt: () => [],
  schedule: 'standard',
  concurrency: 10,
  version: 1,
};

/** One worker; what it claims has no endpoint any more, unless `configs` says otherwise. */
function options(given: Pick<DelivererOptions, 'database' | 'write'> & Partial<DelivererOptions>): DelivererOptions {
  return {
    configs: { of: async () => new Map() },
    sender: { send: () => Promise.reject(new Error('Nothing is to be sent.')), [Symbol.asyncDispose]: async () => {} },
    render: () => Buffer.alloc(0),
    logger: silentLogger,
    tracing: NO_TRACING,
    now: () => new Date(10),
    random: () => 0,
    workers: 1,
    timeoutMs: 1_000,
    leaseMs: 60_000,
    pollMs: 3_600_000,
    ...given,
  };
}

it('gives back what it has claimed when it cannot read where it goes, and has its workers free again', async () => {
  const written: AttemptResult[] = [];
  let due = true;
  await using deliverer = startDeliverer(
    options({
      database: { run: async () => (due ? [LEASED] : []) },
      configs: { of: () => Promise.reject(new Error('PostgreSQL is away.')) },
      write: async (results) => {
        due = false;
        written.push(...results);
        return new Set<string>();
      },
    }),
  );
  await expect(deliverer.runOnce()).rejects.toThrow('PostgreSQL is away.');
  await expect.poll(() => written.map(({ delivery, verdict }) => [delivery.id, verdict.kind])).toContainEqual(['dlv_1', 'given-up']);
  // Its one worker is free: it asks what is due.
  due = true;
  await expect(deliverer.runOnce()).rejects.toThrow('PostgreSQL is away.');
});

it('leaves an attempt whose moment is long over to a later one, due as it was', async () => {
  const paced = { ...LEASED, attempts: 0, attemptsTotal: 0, lease: 'one', ratePerSecond: 100, occurredAt: new Date(5) };
  const written: AttemptResult[] = [];
  let claims = 0;
  await using deliverer = startDeliverer(
    options({
      workers: 2,
      database: { run: async () => (claims++ === 0 ? [paced, { ...paced, id: 'dlv_2', waitMs: 10 }] : []) },
      configs: { of: async () => new Map([['wh_1', ENDPOINT]]) },
      sender: {
        async send() {
          // As a process that is stopped for so long.
          const until = performance.now() + 400;
          while (performance.now() < until);
          return { kind: 'failed', error: { code: 'reset', message: '' }, timings: { totalMs: 400 } };
        },
        [Symbol.asyncDispose]: async () => {},
      },
      write: async (results) => {
        written.push(...results);
        return new Set<string>();
      },
    }),
  );
  await deliverer.runOnce();
  expect(written.map(({ delivery, verdict }) => [delivery.id, verdict])).toEqual([
    ['dlv_1', expect.objectContaining({ kind: 'retry' })],
    ['dlv_2', { kind: 'postponed', untilMs: 5 }],
  ]);
});

it('begins nothing whose lease has ended by then: it is due as it was, or another has it', async () => {
  const written: AttemptResult[] = [];
  let [at, claims] = [10, 0];
  await using deliverer = startDeliverer(
    options({
      now: () => new Date(at),
      database: { run: async () => (claims++ === 0 ? [{ ...LEASED, occurredAt: new Date(5) }] : []) },
      configs: {
        async of() {
          // As a process that is stopped for so long.
          at += 60_000;
          return new Map([['wh_1', ENDPOINT]]);
        },
      },
      write: async (results) => {
        written.push(...results);
        return new Set<string>();
      },
    }),
  );
  await deliverer.runOnce();
  expect(written.map(({ verdict }) => verdict)).toEqual([{ kind: 'postponed', untilMs: 5 }]);
});

it('gives back what was handed over when it cannot read where it goes, and the bus goes on', async () => {
  const written: AttemptResult[] = [];
  await using deliverer = startDeliverer(
    options({
      database: { run: async () => [] },
      configs: { of: () => Promise.reject(new Error('PostgreSQL is away.')) },
      write: async (results) => {
        written.push(...results);
        return new Set<string>();
      },
    }),
  );
  const handed = [{ ...LEASED, lease: 'l' } as unknown as ClaimedDelivery];
  await expect(deliverer.handOver(async ({ free }) => ({ handed, free }))).resolves.toEqual({ handed, free: 1 });
  await expect.poll(() => written.map(({ delivery, verdict }) => [delivery.id, verdict.kind])).toEqual([['dlv_1', 'given-up']]);
  await expect(deliverer.handOver(async ({ free }) => ({ handed: [], free }))).resolves.toMatchObject({ free: 1 });
});

it('does not call its work done while its loop claims what it was woken for', async () => {
  const written: string[] = [];
  const claims: PromiseWithResolvers<object[]>[] = [];
  await using deliverer = startDeliverer(
    options({
      database: {
        run: () => {
          const claim = Promise.withResolvers<object[]>();
          claims.push(claim);
          if (claims.length > 3) claim.resolve([]);
          return claim.promise as Promise<never>;
        },
      },
      write: async (results) => {
        written.push(...results.map(({ delivery }) => delivery.id));
        return new Set<string>();
      },
    }),
  );
  const claimed = async (nth: number, rows: object[]): Promise<void> => {
    await expect.poll(() => claims.length, { interval: 1 }).toBeGreaterThan(nth);
    claims[nth]?.resolve(rows);
  };
  // The loop's first look at all.
  await claimed(0, []);
  let answered = false;
  const done = deliverer.runOnce().then((made) => {
    answered = true;
    return made;
  });
  await expect.poll(() => claims.length, { interval: 1 }).toBe(2);
  deliverer.wake(['wh_1']);
  await new Promise((resolve) => setTimeout(resolve, 20));
  await claimed(1, []);
  await expect.poll(() => claims.length, { interval: 1 }).toBe(3);
  expect(answered).toBe(false);
  await claimed(2, [LEASED]);
  await done;
  expect(written).toEqual(['dlv_1']);
});

it('looks once more at an endpoint that it looked at while attempts of it were under way, and not again and again', async () => {
  const looks: unknown[] = [];
  const writings: PromiseWithResolvers<ReadonlySet<string>>[] = [];
  await using deliverer = startDeliverer(
    options({
      workers: 10,
      database: {
        run: async (text, values) => {
          if (text.includes('webhooks.claim')) looks.push(values[1]);
          return [];
        },
      },
      write: () => {
        const writing = Promise.withResolvers<ReadonlySet<string>>();
        writings.push(writing);
        return writing.promise;
      },
    }),
  );
  const handOver = (id: string): Promise<unknown> =>
    deliverer.handOver(async () => ({ handed: [{ ...LEASED, id, lease: id } as unknown as ClaimedDelivery] }));
  const written = async (nth: number): Promise<void> => {
    await expect.poll(() => writings.length, { interval: 1 }).toBe(nth + 1);
    writings[nth]?.resolve(new Set());
  };
  await expect.poll(() => looks, { interval: 1 }).toEqual([null]);
  await handOver('dlv_1');
  await expect.poll(() => writings.length, { interval: 1 }).toBe(1);
  await handOver('dlv_2');
  deliverer.wake(['wh_1']);
  await expect.poll(() => looks.slice(1), { interval: 1 }).toEqual([['wh_1']]);
  await written(0);
  await expect.poll(() => looks.slice(2), { interval: 1 }).toEqual([['wh_1']]);
  await written(1);
  // Every slot is free again, and nothing was looked at for that.
  await expect.poll(() => deliverer.handOver(async ({ free }) => ({ handed: [], free })), { interval: 1 }).toMatchObject({ free: 10 });
  deliverer.wake(['wh_2']);
  await expect.poll(() => looks.slice(3), { interval: 1 }).toEqual([['wh_2']]);
});
