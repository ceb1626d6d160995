// For the acceptance tests of limits: a provider with so many workers, in virtual time.
import type { EndSignal } from '../../policies/ending.ts';
import { seeded } from '../../testing/seeded.ts';
import type { VirtualClock } from '../../testing/virtual/virtual-clock.ts';
import { type Transport, TransportFailure } from '../../transport/transport.ts';
import { openWorkers, type Workers } from './workers.ts';

export type SimulatedProvider = {
  readonly transport: Transport;
  readonly workers: Workers;
  /** With so many at work or waiting it answers 503. */
  turnsAwayAt: number;
  received: number;
};

export function simulateProvider(clock: VirtualClock, count: number): SimulatedProvider {
  const workers = openWorkers(count, clock.startTimer, seeded(8));
  const provider: SimulatedProvider = {
    workers,
    turnsAwayAt: Number.POSITIVE_INFINITY,
    received: 0,
    async transport({ signal }) {
      provider.received += 1;
      if (workers.load >= provider.turnsAwayAt) {
        await clock.advance(1);
        return { status: 503, headers: {}, body: Buffer.from('{}') };
      }
      await Promise.race([workers.serve(), left(signal)]);
      return { status: 200, headers: {}, body: Buffer.from('{}') };
    },
  };
  return provider;
}

function left(signal: EndSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const leave = (): void => reject(new TransportFailure('aborted', 'maybe'));
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
  });
}
