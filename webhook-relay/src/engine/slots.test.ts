import { expect, it } from 'vitest';
import type { ClaimedDelivery } from '../claiming/claimed-delivery.ts';
import { createSlots } from './slots.ts';

function delivery(id: string, endpointId: string): ClaimedDelivery {
  const about = {
    accountId: 'acct_1',
    mode: 'test',
    eventId: `evt_${id}`,
    eventType: 'order.created',
    payload: {},
    occurredAt: new Date(0),
  };
  const endpoint = { endpointId, endpointVersion: 1, endpointFailed: false, endpointFailing: false };
  return { ...about, ...endpoint, id, lease: 'l', traceparent: null, attempts: 0, attemptsTotal: 0, ratePerSecond: null, waitMs: 0 };
}

it('frees the worker of an attempt that has ended, and its endpoint once the result is written', () => {
  const slots = createSlots({ workers: 2, now: () => 0 });
  const [one, other] = [delivery('d1', 'wh_1'), delivery('d2', 'wh_2')];
  slots.take(one);
  slots.take(other);
  slots.sized('wh_1', 1);
  expect(slots.room()).toMatchObject({ free: 0, full: ['wh_1'] });
  slots.end(one);
  expect(slots.room()).toMatchObject({ free: 1, full: ['wh_1'] });
  slots.give(one);
  expect(slots.room()).toMatchObject({ free: 1, full: [] });
});

it('takes no more when as many results as there are workers wait to be written', () => {
  const slots = createSlots({ workers: 2, now: () => 0 });
  const taken = ['d1', 'd2', 'd3', 'd4'].map((id) => delivery(id, `wh_${id}`));
  for (const one of taken) slots.take(one);
  for (const one of taken.slice(0, 3)) slots.end(one);
  expect(slots.room().free).toBe(0);
  for (const one of taken.slice(0, 2)) slots.give(one);
  expect(slots.room().free).toBe(1);
});

it('counts an endpoint as slow until what became of its hanging attempt is written', () => {
  let at = 0;
  const slots = createSlots({ workers: 2, now: () => at });
  const one = delivery('d1', 'wh_1');
  slots.take(one);
  slots.begin(one);
  at = 1_500;
  expect(slots.room()).toMatchObject({ free: 2, slow: ['wh_1'] });
  slots.end(one);
  expect(slots.room()).toMatchObject({ free: 2, slow: ['wh_1'] });
  slots.give(one);
  expect(slots.room()).toMatchObject({ free: 2, slow: [] });
});

it('gives an endpoint that has not answered for a tenth of a second no more while most workers wait for an answer', () => {
  let at = 0;
  const slots = createSlots({ workers: 4, now: () => at });
  const [quiet, quick, ...others] = ['d1', 'd2', 'd3', 'd4'].map((id) => delivery(id, `wh_${id}`));
  if (quiet === undefined || quick === undefined) throw new Error('There are four.');
  slots.take(quiet);
  slots.begin(quiet);
  at = 101;
  expect(slots.room()).toMatchObject({ free: 3, full: [] });
  for (const one of [quick, ...others]) {
    slots.take(one);
    slots.begin(one);
  }
  expect(slots.room()).toMatchObject({ free: 0, full: ['wh_d1'] });
  slots.end(quick);
  expect(slots.room()).toMatchObject({ free: 1, full: [] });
});
