import { newId } from '@portico/contracts/ids';
import type { BusEvent } from '@portico/service-kit/bus/event-bus';
import { silentLogger } from '@portico/service-kit/testing';
import { expect, it } from 'vitest';
import { createIntake, type IntakeOptions } from './take-in.ts';

const EVENTS: readonly BusEvent[] = Array.from({ length: 10 }, () => ({
  id: newId('event'),
  accountId: 'acct_1',
  mode: 'test',
  type: 'customer.created',
  payloadVersion: 1,
  aggregateId: newId('customer'),
  payload: {},
  requestId: 'req_1',
  traceparent: null,
  occurredAt: new Date(0).toISOString(),
}));

/** Two endpoints take everything. `rooms`: what is free at each turn. Answers how many events each turn has written. */
async function takeIn(rooms: readonly number[], given: { processes?: number; getsRoom?: boolean } = {}): Promise<number[]> {
  const { processes = 1, getsRoom = true } = given;
  const written: number[] = [];
  let turn = 0;
  const run: IntakeOptions['database']['run'] = async (text, values) => {
    if (text.includes('pg_stat_activity')) return [{ count: processes }];
    const [, , , , , , , , events] = values;
    // The number of elements stands behind the header of the array.
    written.push((events as Buffer).readInt32BE(12));
    return [{ changed: false, waiting: [], handed: [], versions: [] }];
  };
  const takers = ['wh_1', 'wh_2'].map((id) => ({ id, events: ['*'], filter: null }));
  const take = createIntake({
    database: { run },
    deliverer: {
      hasRoom: false,
      wake: () => {},
      waitForRoom: async () => getsRoom,
      handOver(take) {
        const free = rooms[turn++] ?? 0;
        return take({ free, freeForUnknown: free, knows: () => false, refuses: () => false });
      },
    },
    takers: { of: async () => [{ accountId: 'acct_1', mode: 'test', signature: '', takers }], forget: () => {} },
    teller: 'self',
    leaseMs: 60_000,
    now: () => new Date(0),
    logger: silentLogger,
  });
  await take(EVENTS);
  return written;
}

it('takes as many events as its workers have room for, and the others when they have room again', async () => {
  expect(await takeIn([8, 5, 1, 100])).toEqual([4, 2, 1, 3]);
});

it('lets nothing wait on the bus for workers that get no room', async () => {
  expect(await takeIn([8, 0], { getsRoom: false })).toEqual([10]);
});

it('lets nothing wait on the bus that another process could begin with', async () => {
  expect(await takeIn([8], { processes: 2 })).toEqual([10]);
});
