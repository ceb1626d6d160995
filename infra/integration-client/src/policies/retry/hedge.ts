// A second request for a read that is slow: the first good answer counts and the other request is ended. A failure counts only when nothing
// else is under way, so a hedge never makes a call worse. The second one is paid for like a retry.

import { Ending, type EndSignal } from '../ending.ts';
import { startTimer as realTimer, type StartTimer } from '../start-timer.ts';

export type Hedge<Result> = {
  afterMs: number;
  /** Asked once, when the time has come: false when there is nothing left to pay with. */
  mayHedge(): boolean;
  start(signal: EndSignal): Promise<Result>;
  isGood(result: Result): boolean;
  /** The reason that the slower one is ended with. */
  ended(): Error;
  startTimer?: StartTimer;
};

export function hedged<Result>(hedge: Hedge<Result>, signal: EndSignal): Promise<Result> {
  const { afterMs, mayHedge, start, isGood, ended, startTimer = realTimer } = hedge;
  return new Promise((resolve, reject) => {
    const requests = new Ending(signal);
    let underWay = 0;
    const run = (): void => {
      underWay += 1;
      start(requests).then(
        (result) => {
          underWay -= 1;
          if (isGood(result) || underWay === 0) finish(() => resolve(result));
        },
        (error: unknown) => {
          underWay -= 1;
          finish(() => reject(error));
        },
      );
    };
    const stopTimer = startTimer(() => {
      if (!requests.aborted && mayHedge()) run();
    }, afterMs);
    const finish = (settle: () => void): void => {
      stopTimer();
      requests[Symbol.dispose]();
      settle();
      // Mostly there is no slower one.
      if (underWay > 0) requests.end(ended());
    };
    run();
  });
}
