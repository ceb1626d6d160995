import { setTimeout as pause } from 'node:timers/promises';
import { takeHold } from './hold.ts';
import type { Place } from './place/choose-place.ts';
import { readPostmaster } from './postmaster-file.ts';

const STOPPING_TIMEOUT_MS = 15_000;
const POLL_MS = 25;

/** Joins the server that another process of this checkout started. Undefined when there is none, or once a stopping one is gone. */
export async function adoptRunning(
  { cluster }: Place,
  log: (message: string) => void,
): Promise<{ port: number; release(): Promise<void> } | undefined> {
  const giveUpAt = performance.now() + STOPPING_TIMEOUT_MS;
  for (let running = readPostmaster(cluster); running !== undefined; running = readPostmaster(cluster)) {
    const { pid, port, ready } = running;
    const hold = ready ? takeHold(cluster) : undefined;
    if (hold !== undefined) return { port, release: async () => hold[Symbol.dispose]() };
    if (performance.now() > giveUpAt) {
      // Its guard was killed. It serves well, but nobody would stop it: that is left to whoever started it.
      if (!ready) throw new Error(`The PostgreSQL ${pid} of ${cluster} neither serves nor stops. End it, then start again.`);
      log(`using the PostgreSQL ${pid} of an earlier start; it keeps running after this one`);
      return { port, release: async () => {} };
    }
    await pause(POLL_MS);
  }
  return undefined;
}
