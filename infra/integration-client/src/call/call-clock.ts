// When a call has to end, and why it did: one abort signal made of the caller's and of a timer. Cheaper than AbortSignal.any and
// AbortSignal.timeout, and it remembers which of them it was.

import { startTimer as realTimer, type StartTimer } from '../policies/start-timer.ts';

export type EndedBy = 'caller' | 'deadline' | 'attempt' | 'hedge';

/** The reason of every abort in a call. */
export class CallEnded extends Error {
  override readonly name = 'CallEnded';
  readonly by: EndedBy;

  constructor(by: EndedBy) {
    super(`The call was ended by its ${by}.`);
    this.by = by;
  }
}

export class CallClock implements Disposable {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal | undefined;
  readonly #stopTimer: () => void;

  /** `outer`: the caller's signal, or the clock that this one is part of. */
  constructor(ms: number, by: EndedBy, outer: AbortSignal | undefined, startTimer: StartTimer = realTimer) {
    this.#outer = outer;
    this.#stopTimer = startTimer(() => this.end(by), ms);
    if (outer?.aborted) this.#follow();
    else outer?.addEventListener('abort', this.#follow);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  end(by: EndedBy): void {
    this.#controller.abort(new CallEnded(by));
  }

  readonly #follow = (): void => {
    const reason: unknown = this.#outer?.reason;
    this.end(reason instanceof CallEnded ? reason.by : 'caller');
  };

  [Symbol.dispose](): void {
    this.#stopTimer();
    this.#outer?.removeEventListener('abort', this.#follow);
  }
}

/** Why a signal of a CallClock ended. */
export function endedBy(signal: AbortSignal): EndedBy {
  return signal.reason instanceof CallEnded ? signal.reason.by : 'caller';
}

/** What comes first: the answer, or the signal's reason. */
export function unlessEnded<Answer>(answer: Promise<Answer>, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    const giveUp = (): void => reject(signal.reason);
    signal.addEventListener('abort', giveUp, { once: true });
    answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
}
