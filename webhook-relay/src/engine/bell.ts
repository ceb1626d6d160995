/** Something to wait for. Rings nobody hears are not kept. */
export type Bell = {
  ring(): void;
  /** Until it rings, `ms` have passed or the signal is aborted. One waits at a time. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
};

export function createBell(): Bell {
  let ring = (): void => {};
  return {
    ring: () => ring(),
    wait(ms, signal) {
      if (ms <= 0 || signal.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', done);
          ring = () => {};
          resolve();
        };
        const timer = setTimeout(done, ms);
        signal.addEventListener('abort', done, { once: true });
        ring = done;
      });
    },
  };
}
