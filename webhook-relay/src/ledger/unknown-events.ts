import { invalid } from '@portico/contracts/errors';
import { isId } from '@portico/contracts/ids';
import type { SubgraphContext } from '@portico/service-kit/subgraph/context';

const IDS_MAX = 1_000;

/** Those of the ids that the caller's ledger does not have, in their order. One statement; VALIDATION_ERROR for more than 1000. */
export async function unknownEvents({ run, caller }: SubgraphContext, ids: readonly string[]): Promise<string[]> {
  if (ids.length > IDS_MAX) throw invalid({ ids: `At most ${IDS_MAX} ids.` });
  const asked = ids.filter((id) => isId('event', id));
  const known = await run('select e.id from webhooks.event e where e.account_id = $1 and e.mode = $2 and e.id = any($3)', [
    caller.accountId,
    caller.mode,
    asked,
  ]);
  const found = new Set(known.map(({ id }) => id));
  return ids.filter((id) => !found.has(id));
}
