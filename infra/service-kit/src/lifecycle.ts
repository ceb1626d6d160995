/** Resolves with the first signal that asks the process to end, or when the process that started it as a child is gone. */
export function untilSignal(): Promise<NodeJS.Signals | 'disconnect'> {
  return new Promise((resolve) => {
    const reasons = ['SIGINT', 'SIGTERM', 'disconnect'] as const;
    const listeners = reasons.map((reason) => [reason, () => stop(reason)] as const);
    const stop = (reason: (typeof reasons)[number]): void => {
      // A listener of 'disconnect' that stays would keep the channel to the parent open, and with it the process.
      for (const [name, listener] of listeners) process.off(name, listener);
      resolve(reason);
    };
    for (const [name, listener] of listeners) process.on(name, listener);
  });
}

/** Runs `work` again and again, `idleMs` after each end, until disposed; disposing waits for the run under way. A failed run is reported, not fatal. */
export function startLoop(options: {
  idleMs: number;
  work: (signal: AbortSignal) => Promise<void>;
  onError: (error: unknown) => void;
}): AsyncDisposable {
  const stop = new AbortController();
  const idle = createPause();
  const running = (async () => {
    while (!stop.signal.aborted) {
      await options.work(stop.signal).catch(options.onError);
      if (stop.signal.aborted) return;
      await idle.wait(options.idleMs);
    }
  })();
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      idle.end();
      await running;
    },
  };
}

/** Waits that can be ended before their time. One waits at a time; an end for which nobody waits is not kept. */
export function createPause(): { wait(ms: number): Promise<void>; end(): void } {
  let end = (): void => {};
  return {
    end: () => end(),
    wait: (ms) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, ms);
        end = () => {
          clearTimeout(timer);
          resolve();
        };
      }),
  };
}
