// What a resolver works with: one caller, and the program's data as that caller may see it.
import { OptimisticLockError } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Caller } from '@portico/contracts/caller';
import { AppError } from '@portico/contracts/errors';
import { raiseDataVersion } from '../database/data-version.ts';
import { translateDatabaseError } from '../database/database-errors.ts';
import type { Database } from '../database/orm.ts';
import { tenantOf } from '../database/tenant.ts';
import type { GraphClient } from '../graph/graph.ts';
import type { Reads, RunStatement } from '../reads/reads.ts';
import type { KeyRing } from '../sealing/key-ring.ts';

export type SubgraphContext = {
  readonly caller: Caller;
  readonly reads: Reads;
  readonly graph: GraphClient;
  readonly keyRing: KeyRing;
  readonly blindIndex: (scope: string, text: string) => string;
  now(): Date;
  /** One statement on the program's own bookkeeping, outside a transaction. */
  readonly run: RunStatement;
  /**
   * One transaction in the caller's tenant. It is run again when another transaction changed the same rows meanwhile,
   * so `work` must do nothing outside the database.
   */
  write<Result>(work: (em: EntityManager) => Promise<Result>): Promise<Result>;
};

/** The things all contexts of a program share. */
export type SubgraphShared = Pick<SubgraphContext, 'reads' | 'graph' | 'keyRing' | 'blindIndex' | 'now'> & {
  readonly database: Database;
  readonly schema: string;
  /** Called after each commit: there may be events to publish. */
  onCommit(): void;
};

const TRIES_MAX = 4;
const SERIALIZATION_FAILURE = '40001';
const DEADLOCK = '40P01';

export function createContext(shared: SubgraphShared, caller: Caller): SubgraphContext {
  const { reads, graph, keyRing, blindIndex, now } = shared;
  return { caller, reads, graph, keyRing, blindIndex, now, run: shared.database.run, write: (work) => write(shared, caller, work) };
}

async function write<Result>(shared: SubgraphShared, caller: Caller, work: (em: EntityManager) => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    const em = shared.database.fork();
    em.setFilterParams('tenant', tenantOf(caller));
    try {
      const result = await em.transactional(async (inside) => {
        const made = await work(inside);
        await inside.flush();
        await raiseDataVersion(inside, shared.schema, caller);
        return made;
      });
      shared.reads.changed(caller);
      shared.onCommit();
      return result;
    } catch (error) {
      if (!isContention(error)) throw translateDatabaseError(error);
      if (tries === TRIES_MAX) {
        const message = 'The resource is being changed by others at the same time. Try again.';
        throw new AppError('CONFLICT', message, { retryAfterSeconds: 1, cause: error });
      }
    }
  }
}

function isContention(error: unknown): boolean {
  if (error instanceof OptimisticLockError) return true;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === SERIALIZATION_FAILURE || code === DEADLOCK;
}

/** Throws PRECONDITION_FAILED when the caller expected another version of the entity than the one just read. */
export function requireVersion(entity: { version: number }, expected: number | null | undefined): void {
  if (expected !== undefined && expected !== null && expected !== entity.version) {
    throw new AppError('PRECONDITION_FAILED', `The resource is at version ${entity.version}, not ${expected}.`);
  }
}
