import { type StartedSubgraphs, startSubgraphs } from '@portico/local/start/start-subgraphs';
import { silentLogger } from '@portico/service-kit/testing';
import { vi } from 'vitest';
import type { Settings } from './saga-process.ts';

export type Recovery = AsyncDisposable & {
  readonly started: StartedSubgraphs;
  /** Resolves when no task has anything left to do. Lets the time of all leases pass as often as it takes. */
  settled(): Promise<void>;
};

const LEASE_MS = 31_000;
/** Nobody is stopped here while holding a connection; the server's are shared with those who are. */
const POOL_MAX = 4;
const WITHIN = { timeout: 60_000, interval: 20 };
const LEFT = `select (select count(*) from orders.saga_task)
  + (select count(*) from payments.payment where due_at is not null or tell_at is not null) as count`;

/** The platform in this process, at a time when whatever a dead one had leased is free. */
export async function recover(settings: Settings): Promise<Recovery> {
  let aheadMs = LEASE_MS;
  const started = await startSubgraphs(
    { ...settings, poolMax: POOL_MAX },
    { loggerOf: () => silentLogger, now: () => new Date(Date.now() + aheadMs) },
  );
  const { orders, payments } = started.subgraphs;
  return {
    started,
    async settled() {
      const isDone = async (): Promise<boolean> => {
        aheadMs += LEASE_MS;
        await orders.runTask('settle-left-tasks');
        await Promise.all([payments.runTask('settle-payments'), payments.runTask('tell-orders')]);
        const [row] = await payments.database.run(`/* all tenants: what is left */ ${LEFT}`, []);
        return Number(row?.count) === 0;
      };
      await vi.waitUntil(isDone, WITHIN);
    },
    [Symbol.asyncDispose]: () => started[Symbol.asyncDispose](),
  };
}
