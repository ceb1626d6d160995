// Creation that survives being asked twice. A request with an idempotency key carries a seed that is the same in every try of it;
// the new row's id is made from the seed, so a try after a crash finds what the first one made instead of making another.
import { type IdKind, newId } from '@portico/contracts/ids';
import type { SubgraphContext } from '../subgraph/context.ts';
import { brokenUniqueConstraint } from './database-errors.ts';

/**
 * `find` looks a row up by id, `create` makes it with that id. `primaryKey`: the name of the table's primary key constraint.
 * Answers what either of them gave.
 */
export async function createOnce<Result>(
  context: SubgraphContext,
  kind: IdKind,
  primaryKey: string,
  steps: { find(id: string): Promise<Result | undefined>; create(id: string): Promise<Result> },
): Promise<Result> {
  const seed = context.caller.idempotencySeed;
  if (seed === undefined) return steps.create(newId(kind));
  const id = newId(kind, seed);
  const existing = await steps.find(id);
  if (existing !== undefined) return existing;
  try {
    return await steps.create(id);
  } catch (error) {
    if (brokenUniqueConstraint(error) !== primaryKey) throw error;
    const winner = await steps.find(id);
    if (winner === undefined) throw error;
    return winner;
  }
}
