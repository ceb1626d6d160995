import { OptimisticLockError } from '@mikro-orm/core';
import type { Row } from '@portico/service-kit/reads/reads';
import type { SubgraphContext } from '@portico/service-kit/subgraph/context';
import { Endpoint } from '../endpoint.entity.ts';
import { endpointRow, findEndpoint } from './endpoint-row.ts';

/** Removes an endpoint with its secrets. What waits for it is cancelled and its replays stop; the log stays for its time. Answers it as it was. */
export function deleteEndpoint(context: SubgraphContext, id: string, expectedVersion?: number | null): Promise<Row> {
  return context.write(async (em) => {
    const endpoint = await findEndpoint(em, id, expectedVersion);
    const row = endpointRow(endpoint);
    const { accountId, mode } = context.caller;
    const now = context.now();
    const deleted = await em.nativeDelete(Endpoint, { id, version: endpoint.version });
    if (deleted === 0) throw OptimisticLockError.lockFailed(endpoint);
    await em.execute(
      `update webhooks.delivery set status = 'cancelled', completed_at = ?, next_attempt_at = null
       where account_id = ? and mode = ? and endpoint_id = ? and status = 'pending'`,
      [now, accountId, mode, id],
    );
    await em.execute(
      `update webhooks.replay_job set status = 'cancelled', completed_at = ?, updated_at = ?, version = version + 1
       where account_id = ? and mode = ? and endpoint_id = ? and status = 'running'`,
      [now, now, accountId, mode, id],
    );
    return row;
  });
}
