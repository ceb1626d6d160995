/** Resolves with the first signal that asks the process to end. */
export function untilSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(signal));
  });
}

/** Runs `work` again and again, `idleMs` after each end, until disposed; disposing waits for the run under way. A failed run is reported, not fatal. */
export function startLoop(options: {
  idleMs: number;
  work: (signal: AbortSignal) => Promise<void>;
  onError: (error: unknown) => void;
}): AsyncDisposable {
  const stop = new AbortController();
  let wake = (): void => {};
  const running = (async () => {
    while (!stop.signal.aborted) {
      await options.work(stop.signal).catch(options.onError);
      if (stop.signal.aborted) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, options.idleMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  })();
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      wake();
      await running;
    },
  };
}
