import { silentLogger } from '@portico/service-kit/testing';
import { NO_TRACING } from '@portico/service-kit/tracing/tracing';
import { expect, it } from 'vitest';
import type { AttemptResult } from '../attempts/attempt-delivery.ts';
import { startDeliverer } from './start-deliverer.ts';

const LEASED = { id: 'dlv_1', endpointId: 'wh_1', endpointVersion: 1, ratePerSecond: null, waitMs: 0, occurredAt: new Date(0) };

it('gives back what it has claimed when it cannot read where it goes, and has its workers free again', async () => {
  const written: AttemptResult[] = [];
  let due = true;
  await using deliverer = startDeliverer({
    database: { run: async () => (due ? [LEASED] : []) },
    configs: { of: () => Promise.reject(new Error('PostgreSQL is away.')) },
    write: async (results) => {
      due = false;
      written.push(...results);
      return new Set<string>();
    },
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
  });
  await expect(deliverer.runOnce()).rejects.toThrow('PostgreSQL is away.');
  await expect.poll(() => written.map(({ delivery, verdict }) => [delivery.id, verdict.kind])).toContainEqual(['dlv_1', 'given-up']);
  // Its one worker is free: it asks what is due.
  due = true;
  await expect(deliverer.runOnce()).rejects.toThrow('PostgreSQL is away.');
});
