const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const ECHO_MS = 1_000;
const WATCH_MS = 250;

export type StopOptions = {
  /** Called for a signal that comes long after the first: somebody does not want to wait. */
  force: () => void;
  /** When this is the parent process, its end, even by SIGKILL, is a request to stop too. NaN for none. */
  startedBy: number;
  parent?: () => number;
  now?: () => number;
};

/**
 * Resolves when this process is asked to end. The terminal sends Ctrl-C to every process of its group, and npm passes on what it gets:
 * more signals within a second are echoes of the same wish.
 */
export function untilStopRequested({
  force,
  startedBy,
  parent = () => process.ppid,
  now = () => performance.now(),
}: StopOptions): Promise<void> {
  return new Promise((resolve) => {
    let firstAt: number | undefined;
    for (const signal of STOP_SIGNALS) {
      process.on(signal, () => {
        firstAt ??= now();
        resolve();
        if (now() - firstAt > ECHO_MS) force();
      });
    }
    if (parent() !== startedBy) return;
    const watch = setInterval(() => {
      // A process whose parent dies gets another one.
      if (parent() === startedBy) return;
      clearInterval(watch);
      resolve();
    }, WATCH_MS);
    watch.unref();
  });
}
