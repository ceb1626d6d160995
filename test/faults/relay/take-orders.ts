// How a test talks to the processes that it forks.
import { once } from 'node:events';
import { flushCompileCache } from 'node:module';
import { onStatement } from '@portico/service-kit/sql/statement-log';
import type { Death, Doom } from './death-points.ts';

export type Order<Plan> =
  | { readonly kind: 'start'; readonly plan: Plan }
  | { readonly kind: 'arm'; readonly death: Death }
  | { readonly kind: 'disarm' }
  | { readonly kind: 'measure' };

/** `rss`: bytes of memory. `statements`: sent to PostgreSQL since the start. */
export type Measured = { readonly rss: number; readonly statements: number };
export type Report = { readonly kind: 'loaded' | 'running' | 'armed' | 'disarmed' } | ({ readonly kind: 'measured' } & Measured);

/** Says that the code is loaded, and resolves with the plan; from then on does what it is told until its parent is gone. */
export async function takeOrders<Plan>(doom: Doom): Promise<Plan> {
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
    if (order.kind === 'measure') report({ kind: 'measured', rss: process.memoryUsage().rss, statements });
  });
  return first.plan;
}

export function report(what: Report): void {
  process.send?.(what);
}
