import type { EntityManager } from '@mikro-orm/postgresql';
import { brokenUniqueConstraint } from '@portico/service-kit/database/database-errors';
import type { SubgraphContext } from '@portico/service-kit/subgraph/context';

/** One transaction on what an order holds. When another call for the same order left its mark in between, it is run again and sees that. */
export async function writeHold<Result>(context: SubgraphContext, work: (em: EntityManager) => Promise<Result>): Promise<Result> {
  try {
    return await context.write(work);
  } catch (error) {
    if (brokenUniqueConstraint(error) !== 'stock_hold_pkey') throw error;
    return await context.write(work);
  }
}
