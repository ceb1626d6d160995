import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Workers, waitForRoom } from './wait-for-room.ts';

const SIGNAL = new AbortController().signal;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Workers that end so many attempts a second. */
function workersOf(perSecond: number, given: Partial<Workers> = {}): { -readonly [Name in keyof Workers]: Workers[Name] } {
  const begun = performance.now();
  return {
    hasRoom: false,
    areAtTheBus: true,
    get ended() {
      return Math.floor(((performance.now() - begun) * perSecond) / 1_000);
    },
    ...given,
  };
}

/** What it has answered after so many milliseconds. */
async function answered(answer: Promise<boolean>, ms: number): Promise<boolean | undefined> {
  let result: boolean | undefined;
  void answer.then((room) => {
    result = room;
  });
  await vi.advanceTimersByTimeAsync(ms);
  return result;
}

it('waits for workers that are brisk, until they have room', async () => {
  const workers = workersOf(600);
  const waiting = waitForRoom(workers, SIGNAL);
  expect(await answered(waiting, 60_000)).toBeUndefined();
  workers.hasRoom = true;
  expect(await answered(waiting, 10)).toBe(true);
});

it('does not wait for workers that are not', async () => {
  expect(await answered(waitForRoom(workersOf(400), SIGNAL), 300)).toBe(false);
});

it('does not wait for workers that have a backlog in the table', async () => {
  const workers = workersOf(600);
  const waiting = waitForRoom(workers, SIGNAL);
  expect(await answered(waiting, 1_000)).toBeUndefined();
  workers.areAtTheBus = false;
  expect(await answered(waiting, 10)).toBe(false);
});

it('ends with its program', async () => {
  const stop = new AbortController();
  const waiting = waitForRoom(workersOf(600), stop.signal);
  stop.abort();
  expect(await answered(waiting, 1)).toBe(false);
});
