import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { RelayPlan } from './relay-process.ts';

export type RelayProcess = AsyncDisposable & {
  /** Resolves when it runs, or when it died before it did. */
  start(plan: RelayPlan): Promise<void>;
  /** Resolves when the process is gone. */
  readonly ended: Promise<void>;
  kill(): Promise<void>;
  /** Bytes of memory that the process has. */
  rss(): Promise<number>;
};

const PROGRAM = fileURLToPath(new URL('relay-process.ts', import.meta.url));

/** A relay process that loads its code and waits to be started. */
export function forkRelay(): RelayProcess {
  const child = fork(PROGRAM, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const loaded = heard(child, ended, (message) => message === 'loaded');
  const kill = (): Promise<void> => {
    child.kill('SIGKILL');
    return ended;
  };
  return {
    ended,
    kill,
    async start(plan) {
      await loaded;
      const running = heard(child, ended, (message) => message === 'running');
      child.send(plan);
      await running;
    },
    async rss() {
      let bytes = Number.NaN;
      const answered = heard(child, ended, (message) => {
        const { rss } = message as { rss?: number };
        bytes = rss ?? Number.NaN;
        return rss !== undefined;
      });
      child.send('rss');
      await answered;
      return bytes;
    },
    [Symbol.asyncDispose]: kill,
  };
}

/** Resolves with the first message that fits, or when there will be none. */
function heard(child: ChildProcess, ended: Promise<void>, fits: (message: unknown) => boolean): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const listen = (message: unknown): void => {
    if (fits(message)) resolve();
  };
  child.on('message', listen);
  return Promise.race([promise, ended]).finally(() => child.off('message', listen));
}
