import { sleep } from './sleep.ts';

export type Workers = {
  /** A good part of them is free. */
  readonly hasRoom: boolean;
  /** Most of what they do came from the bus and not from the table. */
  readonly areAtTheBus: boolean;
  /** Attempts that have ended so far. */
  readonly ended: number;
};

const LOOK_MS = 2;
/** Workers that end so many attempts in that time are busy because there is much to do, and not because receivers are slow. */
const BRISK = 125;
const BRISK_MS = 250;

/**
 * Waits until the workers have room, and answers whether they have. Not for workers that end less than five hundred attempts a second, nor for those that
 * have work from the table: there is a backlog then, of which every endpoint is to have its share.
 */
export async function waitForRoom(workers: Workers, signal: AbortSignal): Promise<boolean> {
  let [before, until] = [workers.ended, performance.now() + BRISK_MS];
  while (!workers.hasRoom && workers.areAtTheBus) {
    await sleep(LOOK_MS, signal);
    if (signal.aborted) return false;
    if (performance.now() < until) continue;
    if (workers.ended - before < BRISK) return false;
    [before, until] = [workers.ended, performance.now() + BRISK_MS];
  }
  return workers.hasRoom;
}
