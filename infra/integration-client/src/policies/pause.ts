import type { EndSignal } from './ending.ts';
import { startTimer as realTimer, type StartTimer } from './start-timer.ts';

/** Waits; rejects with the signal's reason. */
export function pause(ms: number, signal: EndSignal, startTimer: StartTimer = realTimer): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const giveUp = (): void => {
      stop();
      reject(signal.reason);
    };
    const stop = startTimer(() => {
      signal.removeEventListener('abort', giveUp);
      resolve();
    }, ms);
    signal.addEventListener('abort', giveUp, { once: true });
  });
}
