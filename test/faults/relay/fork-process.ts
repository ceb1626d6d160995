import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Death } from './death-points.ts';
import type { PublisherPlan } from './publisher-process.ts';
import type { RelayPlan } from './relay-process.ts';
import type { Measured, Order, Report } from './take-orders.ts';

export type TestProcess<Plan> = AsyncDisposable & {
  readonly pid: number;
  /** Resolves when it runs, or when it died before it did. */
  start(plan: Plan): Promise<void>;
  /** From then on it dies by itself at that point. */
  arm(death: Death): Promise<void>;
  /** It will not, unless it is dead by the time this resolves. */
  disarm(): Promise<void>;
  /** Resolves when the process is gone. */
  readonly ended: Promise<void>;
  isGone(): boolean;
  kill(): Promise<void>;
  /** `collect`: garbage is collected first. */
  measure(collect?: boolean): Promise<Measured>;
};
/** Of a process that is gone. */
const UNKNOWN: Measured = { rss: Number.NaN, used: Number.NaN, statements: Number.NaN, longestSendMs: Number.NaN };

export type RelayProcess = TestProcess<RelayPlan>;

/** A relay process that loads its code and waits to be started. */
export const forkRelay = (): RelayProcess => forkProcess<RelayPlan>('relay-process.ts');
/** A publisher, likewise. */
export const forkPublisher = (): TestProcess<PublisherPlan> => forkProcess<PublisherPlan>('publisher-process.ts');

function forkProcess<Plan>(file: string): TestProcess<Plan> {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const isGone = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const loaded = heard(child, ended, 'loaded');
  const ask = (order: Order<Plan>, kind: Report['kind']): Promise<Report | undefined> => {
    const answered = heard(child, ended, kind);
    // It may die before it has read what it is told.
    if (child.connected) child.send(order, () => {});
    return answered;
  };
  const kill = (): Promise<void> => {
    child.kill('SIGKILL');
    return ended;
  };
  return {
    pid: child.pid ?? Number.NaN,
    ended,
    isGone,
    kill,
    async start(plan) {
      await loaded;
      await ask({ kind: 'start', plan }, 'running');
    },
    arm: async (death) => void (await ask({ kind: 'arm', death }, 'armed')),
    disarm: async () => void (await ask({ kind: 'disarm' }, 'disarmed')),
    async measure(collect = false) {
      const answer = await ask({ kind: 'measure', collect }, 'measured');
      return answer?.kind === 'measured' ? answer : UNKNOWN;
    },
    [Symbol.asyncDispose]: kill,
  };
}

/** Resolves with the first report of that kind, or when there will be none. */
function heard(child: ChildProcess, ended: Promise<void>, kind: Report['kind']): Promise<Report | undefined> {
  const { promise, resolve } = Promise.withResolvers<Report>();
  const listen = (message: unknown): void => {
    const said = message as Report;
    if (said.kind === kind) resolve(said);
  };
  child.on('message', listen);
  return Promise.race([promise, ended.then(() => undefined)]).finally(() => child.off('message', listen));
}
