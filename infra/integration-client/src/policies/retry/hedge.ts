// A second request for a read that is slow: the first good answer counts and the other request is ended. A failure counts only when nothing
// else is under way, so a hedge never makes a call worse. The second one is paid for like a retry.

import { startTimer as realTimer, type StartTimer } from '../start-timer.ts';

export type Hedge<Result> = {
  afterMs: number;
  /** Asked once, when the time has come: false when there is nothing left to pay with. */
  mayHedge(): boolean;
  start(signal: AbortSignal): Promise<Result>;
  isGood(result: Result): boolean;
  /** The reason that the slower one is ended with. */
  ended(): Error;
  startTimer?: StartTimer;
};

export async function hedged<Result>(hedge: Hedge<Result>, signal: AbortSignal): Promise<Result> {
  const { afterMs, mayHedge, start, isGood, ended, startTimer = realTimer } = hedge;
  const loser = new AbortController();
  const follow = (): void => loser.abort(signal.reason);
  signal.addEventListener('abort', follow, { once: true });
  if (signal.aborted) follow();
  try {
    return await race(
      () => start(loser.signal),
      isGood,
      (second) =>
        startTimer(() => {
          if (!loser.signal.aborted && mayHedge()) second();
        }, afterMs),
    );
  } finally {
    signal.removeEventListener('abort', follow);
    loser.abort(ended());
  }
}

function race<Result>(
  start: () => Promise<Result>,
  isGood: (result: Result) => boolean,
  later: (second: () => void) => () => void,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    let running = 0;
    const run = (): void => {
      running += 1;
      start().then(
        (result) => {
          running -= 1;
          if (isGood(result) || running === 0) finish(() => resolve(result));
        },
        (error: unknown) => finish(() => reject(error)),
      );
    };
    const cancel = later(run);
    const finish = (settle: () => void): void => {
      cancel();
      settle();
    };
    run();
  });
}
