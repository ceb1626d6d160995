import { expect, it } from 'vitest';
import { createPlaces } from './places.ts';

const never = new AbortController().signal;

function open() {
  let now = 1_000_000;
  const told: number[] = [];
  const places = createPlaces({ concurrency: { min: 1, initial: 2, max: 10 }, now: () => now, told: (limit) => told.push(limit) });
  const answer = (ms: number, outcome: 'answered' | 'overloaded' = 'answered'): void => {
    const [underWay, beganAt] = [places.began(), now];
    now += ms;
    places.ended({ operation: 'get', underWay, beganAt, outcome });
  };
  /** What it begins with: twenty answers, one at a time. There are three places then. */
  const measure = (): void => {
    for (let made = 0; made < 20; made += 1) answer(100);
  };
  return { places, told, answer, measure, inMs: (ms: number) => now + ms };
}

it('lets a caller wait only while those before him leave him half of his time', () => {
  const { places, measure, inMs } = open();
  measure();
  for (let caller = 0; caller < 3; caller += 1) {
    expect(places.isFull(inMs(1))).toBe(false);
    places.enter(never);
  }
  // The first who waits gets one of three places in 33 ms.
  expect([places.isFull(inMs(67)), places.isFull(inMs(66))]).toEqual([false, true]);
  places.enter(never);
  expect([places.isFull(inMs(134)), places.isFull(inMs(133))]).toEqual([false, true]);
});

it('lets nobody wait behind twenty for each place, however much time he has', () => {
  const { places, measure, inMs } = open();
  measure();
  for (let caller = 0; caller < 3 + 60; caller += 1) {
    expect(places.isFull(inMs(60_000))).toBe(false);
    places.enter(never);
  }
  expect(places.isFull(inMs(60_000))).toBe(true);
});

it('gives the places of a limit that grew to who waits, and tells of every change', async () => {
  const { places, told, answer, measure } = open();
  places.enter(never);
  const waiting = [places.enter(never), places.enter(never)];
  measure();
  await Promise.all(waiting);
  answer(100, 'overloaded');
  expect(told).toEqual([2, 3, 2]);
});

it('has as many places as are declared, whatever the provider does', () => {
  const told: number[] = [];
  const places = createPlaces({ concurrency: 1, now: () => 0, told: (limit) => told.push(limit) });
  for (let made = 0; made < 100; made += 1) {
    places.ended({ operation: 'get', underWay: places.began(), beganAt: 0, outcome: 'overloaded' });
  }
  expect(places.enter(never)).toBeUndefined();
  expect(places.isFull(1)).toBe(false);
  expect(told).toEqual([1]);
});
