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
  const lease = { lease: 'l', leasedUntil: new Date(60_000) };
  const endpoint = { endpointId, endpointVersion: 1, endpointFailed: false, endpointFailing: false };
  return { ...about, ...lease, ...endpoint, id, traceparent: null, attempts: 0, attemptsTotal: 0, ratePerSecond: null, waitMs: 0 };
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

it('keeps half of its workers for endpoints that answer, as soon as there are any', () => {
  let at = 0;
  const slots = createSlots({ workers: 8, now: () => at });
  const begin = (id: string, endpointId: string): ClaimedDelivery => {
    const one = delivery(id, endpointId);
    slots.take(one);
    slots.begin(one);
    return one;
  };
  expect(slots.room()).toMatchObject({ free: 8, freeForUnknown: 8, only: undefined });
  const alive = begin('d1', 'wh_alive');
  slots.end(alive);
  slots.give(alive);
  expect(slots.room()).toMatchObject({ free: 8, freeForUnknown: 4, only: undefined });
  const quiet = ['d2', 'd3', 'd4', 'd5'].map((id) => begin(id, `wh_${id}`));
  expect(slots.room()).toMatchObject({ free: 4, freeForUnknown: 0, only: new Set(['wh_alive']) });
  for (const one of quiet.slice(2)) slots.give(one);
  expect(slots.room()).toMatchObject({ free: 6, freeForUnknown: 2, only: undefined });
  at = 1_001;
  expect(slots.room()).toMatchObject({ free: 8, freeForUnknown: 4, only: undefined });
});

it('keeps workers for endpoints that answer while more hang than the second set has room for', () => {
  let at = 0;
  const slots = createSlots({ workers: 4, now: () => at });
  const begin = (id: string, endpointId: string): ClaimedDelivery => {
    const one = delivery(id, endpointId);
    slots.take(one);
    slots.begin(one);
    return one;
  };
  const answer = (one: ClaimedDelivery): void => {
    slots.end(one);
    slots.give(one);
  };
  for (const id of ['early', 'late']) answer(begin(id, `wh_${id}`));
  at = 1;
  let hanging = 0;
  for (let wave = 0; wave < 12; wave += 1) {
    const { freeForUnknown } = slots.room();
    for (let n = 0; n < freeForUnknown; n += 1) {
      begin(`d${hanging}`, `wh_${hanging}`);
      hanging += 1;
    }
    at += 1_001;
  }
  expect(hanging).toBe(14);
  // One of the two that are left is for whoever has answered since they hang.
  expect(slots.room()).toMatchObject({ free: 1, only: new Set(['wh_late', 'wh_early']) });
  answer(begin('again', 'wh_late'));
  begin('hangs', 'wh_early');
  expect(slots.room()).toMatchObject({ free: 1, only: new Set(['wh_late']) });
});

it('does not know an endpoint any more whose attempt hung', () => {
  let at = 0;
  const slots = createSlots({ workers: 1, now: () => at });
  const once = (id: string, endpointId: string, tookMs: number): void => {
    const one = delivery(id, endpointId);
    slots.take(one);
    slots.begin(one);
    at += tookMs;
    slots.end(one);
    slots.give(one);
  };
  once('d1', 'wh_1', 10);
  once('d2', 'wh_2', 10);
  once('d3', 'wh_1', 5_000);
  const hanging = ['h1', 'h2', 'h3', 'h4'].map((id) => delivery(id, id));
  for (const one of hanging) {
    slots.take(one);
    slots.begin(one);
  }
  at += 1_001;
  expect(slots.room().only).toEqual(new Set());
  for (const one of hanging.slice(1)) slots.give(one);
  expect(slots.room()).toMatchObject({ free: 1, only: undefined });
});
