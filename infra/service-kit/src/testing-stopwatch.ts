// For tests of promises in milliseconds: a machine that does other things too takes time that is not the program's.

/** A timer is due so often, and is not late yet when it comes so much later. */
const [TURN_MS, SLACK_MS] = [10, 5];

export type Stopwatch = Disposable & {
  /** Milliseconds since it was started, less those by which timers of this process came late meanwhile. */
  tookMs(): number;
};

/** Time passes for it as far as timers come: what stands still with them, be it the machine or this process, does not count. */
export function startStopwatch(): Stopwatch {
  let [turnedAt, counted] = [performance.now(), 0];
  const sinceTurn = (): number => Math.min(performance.now() - turnedAt, TURN_MS + SLACK_MS);
  const timer = setInterval(() => {
    counted += sinceTurn();
    turnedAt = performance.now();
  }, TURN_MS);
  timer.unref();
  return { tookMs: () => counted + sinceTurn(), [Symbol.dispose]: () => clearInterval(timer) };
}

/** Does it, and throws when that took longer on a stopwatch. */
export async function within<Result>(ms: number, work: () => PromiseLike<Result>): Promise<Result> {
  using stopwatch = startStopwatch();
  const result = await work();
  const tookMs = stopwatch.tookMs();
  if (tookMs > ms) throw new Error(`It took ${Math.round(tookMs)} ms, which is longer than ${ms}.`);
  return result;
}
