// When a call has to end, and why it did: its caller's signal and a timer in one, and it remembers which of them it was.
import { Ending, type EndSignal } from '../policies/ending.ts';
import { startTimer as realTimer, type StartTimer } from '../policies/start-timer.ts';

export type EndedBy = 'caller' | 'deadline' | 'attempt' | 'hedge';

/** The reason of every end in a call. */
export class CallEnded extends Error {
  override readonly name = 'CallEnded';
  readonly by: EndedBy;

  constructor(by: EndedBy) {
    super(`The call was ended by its ${by}.`);
    this.by = by;
  }
}

export class CallClock extends Ending {
  readonly #stopTimer: () => void;

  /** `outer`: the caller's signal, or the clock that this one is part of. */
  constructor(ms: number, by: EndedBy, outer: EndSignal | undefined, startTimer: StartTimer = realTimer) {
    super(outer);
    this.#stopTimer = startTimer(() => this.end(new CallEnded(by)), ms);
  }

  override end(reason: unknown): void {
    super.end(reason instanceof CallEnded ? reason : new CallEnded('caller'));
  }

  override [Symbol.dispose](): void {
    this.#stopTimer();
    super[Symbol.dispose]();
  }
}

/** Why a signal of a call ended. */
export function endedBy(signal: EndSignal): EndedBy {
  return signal.reason instanceof CallEnded ? signal.reason.by : 'caller';
}
