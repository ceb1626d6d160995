// How a test talks to the processes that it forks.
import { once } from 'node:events';
import { flushCompileCache } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { onStatement } from '@portico/service-kit/sql/statement-log';
import type { Death, Doom } from './death-points.ts';

export type Order<Plan> =
  | { readonly kind: 'start'; readonly plan: Plan }
  | { readonly kind: 'arm'; readonly death: Death }
  | { readonly kind: 'disarm' }
  | { readonly kind: 'measure'; readonly collect?: boolean };

/**
 * `rss`: bytes of memory that the process has. `used`: bytes of its objects and buffers, after a collection only what is held if one was asked for.
 * `statements`: sent to PostgreSQL since the start. `longestSendMs`: of a relay's requests, on its own stopwatch.
 */
export type Measured = { readonly rss: number; readonly used: number; readonly statements: number; readonly longestSendMs: number };
export type Report = { readonly kind: 'loaded' | 'running' | 'armed' | 'disarmed' } | ({ readonly kind: 'measured' } & Measured);

/** Says that the code is loaded, and resolves with the plan; from then on does what it is told until its parent is gone. */
export async function takeOrders<Plan>(doom: Doom, longestSendMs = (): number => Number.NaN): Promise<Plan> {
  process.on('disconnect', () => process.exit());
  // Where Node keeps what it compiles, it writes it when a process ends: these do not come to their end.
  flushCompileCache();
  report({ kind: 'loaded' });
  const [first] = (await once(process, 'message')) as [Order<Plan>];
  if (first.kind !== 'start') throw new Error('A process is started first.');
  let statements = 0;
  onStatement(() => {
    statements += 1;
  });
  process.on('message', (order: Order<Plan>) => {
    if (order.kind === 'arm') {
      doom.arm(order.death);
      report({ kind: 'armed' });
    }
    if (order.kind === 'disarm') {
      doom.disarm();
      report({ kind: 'disarmed' });
    }
    if (order.kind === 'measure') {
      if (order.collect === true) collectGarbage();
      const { rss, heapUsed, external } = process.memoryUsage();
      report({ kind: 'measured', rss, used: heapUsed + external, statements, longestSendMs: longestSendMs() });
    }
  });
  return first.plan;
}

/** All of it: buffers are freed with the objects that they belong to. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect();
}

export function report(what: Report): void {
  process.send?.(what);
}
