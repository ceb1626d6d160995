// For the acceptance tests of limits: a provider that has so many workers and one queue before them, in virtual time. As servers mostly do, it
// works for a caller who has left as for any other.

import { seeded } from '../../testing/seeded.ts';
import type { VirtualClock } from '../../testing/virtual/virtual-clock.ts';
import { type Transport, TransportFailure } from '../../transport/transport.ts';

export type SimulatedProvider = {
  readonly transport: Transport;
  /** How many requests it works on at a time, from now on. */
  workers: number;
  /** With so many at work or waiting it answers 503. */
  turnsAwayAt: number;
  received: number;
};

const USUAL_MS = 100;
/** A request takes a fifth more or less than usual. */
const SPREAD = 0.2;

export function simulateProvider(clock: VirtualClock, workers: number): SimulatedProvider {
  const random = seeded(8);
  const queue: (() => void)[] = [];
  let busy = 0;
  const work = (): void => {
    for (; busy < provider.workers; busy += 1) {
      const begin = queue.shift();
      if (begin === undefined) return;
      begin();
    }
  };
  const served = (): Promise<void> =>
    new Promise((resolve) => {
      queue.push(() => {
        clock.startTimer(
          () => {
            busy -= 1;
            resolve();
            work();
          },
          USUAL_MS * (1 + SPREAD * (2 * random() - 1)),
        );
      });
      work();
    });
  const provider: SimulatedProvider = {
    workers,
    turnsAwayAt: Number.POSITIVE_INFINITY,
    received: 0,
    async transport({ signal }) {
      provider.received += 1;
      if (busy + queue.length >= provider.turnsAwayAt) {
        await clock.advance(1);
        return { status: 503, headers: {}, body: Buffer.from('{}') };
      }
      await Promise.race([served(), left(signal)]);
      return { status: 200, headers: {}, body: Buffer.from('{}') };
    },
  };
  return provider;
}

function left(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const leave = (): void => reject(new TransportFailure('aborted', 'maybe'));
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
  });
}
