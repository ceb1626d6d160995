import { setTimeout as pause } from 'node:timers/promises';
import { takeHold } from './hold.ts';
import type { Place } from './place/choose-place.ts';
import { readPostmaster } from './postmaster-file.ts';

const STOPPING_TIMEOUT_MS = 15_000;
const POLL_MS = 25;
/** Whoever did not start it is not told that it ended. */
const WATCH_MS = 1_000;

/** Joins the server that another process of this checkout started. Undefined when there is none, or once a stopping one is gone. */
export async function adoptRunning(
  { cluster }: Place,
  log: (message: string) => void,
): Promise<{ port: number; ended: Promise<void>; release(): Promise<void> } | undefined> {
  const giveUpAt = performance.now() + STOPPING_TIMEOUT_MS;
  for (let running = readPostmaster(cluster); running !== undefined; running = readPostmaster(cluster)) {
    const { pid, port, ready } = running;
    const hold = ready ? takeHold(cluster) : undefined;
    if (hold !== undefined) return { port, ...watch(cluster, () => hold[Symbol.dispose]()) };
    if (performance.now() > giveUpAt) {
      // Its guard was killed. It serves well, but nobody would stop it: that is left to whoever started it.
      if (!ready) throw new Error(`The PostgreSQL ${pid} of ${cluster} neither serves nor stops. End it, then start again.`);
      log(`using the PostgreSQL ${pid} of an earlier start; it keeps running after this one`);
      return { port, ...watch(cluster, () => {}) };
    }
    await pause(POLL_MS);
  }
  return undefined;
}

function watch(cluster: string, letGo: () => void): { ended: Promise<void>; release(): Promise<void> } {
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const timer = setInterval(() => {
    if (readPostmaster(cluster) !== undefined) return;
    clearInterval(timer);
    resolve();
  }, WATCH_MS);
  timer.unref();
  return {
    ended,
    async release() {
      clearInterval(timer);
      letGo();
    },
  };
}
