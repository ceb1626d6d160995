import { silentLogger } from '@portico/service-kit/testing';
import { NO_TRACING } from '@portico/service-kit/tracing/tracing';
import { expect, it } from 'vitest';
import type { AttemptResult } from '../attempts/attempt-delivery.ts';
import { type DelivererOptions, startDeliverer } from './start-deliverer.ts';

const LEASED = { id: 'dlv_1', endpointId: 'wh_1', endpointVersion: 1, ratePerSecond: null, waitMs: 0, occurredAt: new Date(0) };

/** One worker; what it claims has no endpoint any more, unless `configs` says otherwise. */
function options(given: Pick<DelivererOptions, 'database' | 'write'> & Partial<DelivererOptions>): DelivererOptions {
  return {
    configs: { of: async () => new Map() },
    sender: { send: () => Promise.reject(new Error('Nothing is to be sent.')), [Symbol.asyncDispose]: async () => {} },
    render: () => Buffer.alloc(0),
    logger: silentLogger,
    tracing: NO_TRACING,
    now: () => new Date(0),
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
