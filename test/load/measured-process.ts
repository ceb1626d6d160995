// A server under measurement: a child process whose CPU time and SQL statements can be read from outside.
import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import type { Profiler } from 'node:inspector/promises';
import { availableParallelism } from 'node:os';

export type MeasuredProcess = AsyncDisposable & {
  readonly url: string;
  /** What the server told about itself when it was ready. */
  readonly ready: Readonly<Record<string, unknown>>;
  /** CPU microseconds that the process and its children have used so far; undefined where the system does not tell. */
  cpuMicros(): number | undefined;
  /** SQL statements sent so far by the process and its workers. */
  statements(): Promise<number>;
  /** A CPU profile of what the process does while `work` runs. */
  profile(work: () => Promise<unknown>): Promise<Profiler.Profile>;
  /** The statements of its subgraphs while `work` runs. */
  texts(work: () => Promise<unknown>): Promise<string[]>;
};

type Message = { kind: string } & Record<string, unknown>;

/** Servers have one processor and the load generator another; PostgreSQL takes what is free of both. */
const SERVER_CORE = '0';
const LOAD_CORE = '1';
const canPin = availableParallelism() > 1 && spawnSync('taskset', ['-V']).status === 0;
export const PINNED_LOAD: readonly string[] = canPin ? ['taskset', '-c', LOAD_CORE] : [];

const TICKS_PER_SECOND = Number(spawnSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }).stdout) || 100;

/**
 * Starts a server module, which must send `{ kind: 'ready', url }` and answer `{ kind: 'statements' }`. `oneCore`: it and its children share
 * the first processor, so that servers of one process and of six are compared by what a core gives.
 */
export async function startMeasured(
  module: URL,
  options: { env: Readonly<Record<string, string>>; oneCore: boolean },
): Promise<MeasuredProcess> {
  const pinned = options.oneCore && canPin ? { execPath: 'taskset', execArgv: ['-c', SERVER_CORE, process.execPath] } : {};
  const child = fork(module, { env: { ...process.env, ...options.env }, stdio: ['ignore', 'inherit', 'inherit', 'ipc'], ...pinned });
  const ready = await nextMessage(child, 'ready');
  return {
    url: String(ready.url),
    ready,
    cpuMicros: () => cpuMicrosOf(child.pid ?? 0),
    async statements() {
      child.send({ kind: 'statements' });
      return Number((await nextMessage(child, 'statements')).count);
    },
    async profile(work) {
      child.send({ kind: 'profile' });
      await nextMessage(child, 'profile');
      await work();
      child.send({ kind: 'profile' });
      return (await nextMessage(child, 'profile')).profile as Profiler.Profile;
    },
    async texts(work) {
      child.send({ kind: 'texts' });
      await nextMessage(child, 'texts');
      await work();
      child.send({ kind: 'texts' });
      return (await nextMessage(child, 'texts')).texts as string[];
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function nextMessage(child: ChildProcess, kind: string): Promise<Message> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: unknown): void => {
      if (typeof message !== 'object' || message === null || (message as Message).kind !== kind) return;
      child.off('message', onMessage).off('exit', onExit);
      resolve(message as Message);
    };
    const onExit = (code: number | null): void =>
      reject(new Error(`The server under measurement ended with ${code} before it said ${kind}.`));
    child.on('message', onMessage).once('exit', onExit);
  });
}

/** User and system time of a process and all its descendants, from /proc. */
export function cpuMicrosOf(pid: number): number | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    const own = (Number(fields[11]) + Number(fields[12])) * (1e6 / TICKS_PER_SECOND);
    const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim().split(' '),
    );
    return children.filter((id) => id !== '').reduce((sum, id) => sum + (cpuMicrosOf(Number(id)) ?? 0), own);
  } catch {
    return undefined;
  }
}
