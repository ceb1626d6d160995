import { AppError, notFound } from '@portico/contracts/errors';
import type { Row } from '@portico/service-kit/reads/reads';
import type { Selection } from '@portico/service-kit/reads/selection';
import type { SubgraphContext } from '@portico/service-kit/subgraph/context';
import { endpointReads } from '../endpoints/endpoint-reads.ts';
import type { RelayGraph } from '../relay-graph.ts';
import { deliveryReads } from './delivery-reads.ts';

/**
 * Puts one delivery to work again, from the schedule's start, whatever became of it; its log goes on. INVALID_STATE once its endpoint was
 * deleted, CONFLICT while an attempt is under way: that one's outcome comes first.
 */
export async function replayDelivery(context: SubgraphContext, relay: RelayGraph, id: string, selection: Selection): Promise<Row> {
  const { caller, run, reads } = context;
  const now = context.now();
  const changed = await run(
    `with freed as (
       delete from webhooks.lease l using webhooks.delivery t
       where t.account_id = $1 and t.mode = $2 and t.id = $3 and l.endpoint_id = t.endpoint_id and l.delivery_id = t.id and l.leased_until < $4
     )
     update webhooks.delivery t set status = 'pending', attempts = 0, next_attempt_at = $4, completed_at = null, replay_job_id = null
     where t.account_id = $1 and t.mode = $2 and t.id = $3 and t.status <> 'cancelled'
       and exists (select from webhooks.endpoint e where e.account_id = $1 and e.mode = $2 and e.id = t.endpoint_id)
       and not exists (select from webhooks.lease l where l.endpoint_id = t.endpoint_id and l.delivery_id = t.id and l.leased_until >= $4)
     returning t.id`,
    [caller.accountId, caller.mode, id, now],
  );
  const delivery = await reads.one(deliveryReads, caller, 't.id', id, changed.length === 0 ? REFUSED : selection);
  if (delivery === undefined) throw notFound('delivery', id);
  if (changed.length === 0) throw refusal(delivery, await reads.one(endpointReads, caller, 't.id', String(delivery.endpointId), ID));
  relay.wake();
  return delivery;
}

const REFUSED: Selection = new Map([
  ['status', new Map()],
  ['endpointId', new Map()],
]);
const ID: Selection = new Map([['id', new Map()]]);

function refusal({ status }: Row, endpoint: Row | undefined): AppError {
  if (endpoint !== undefined && status !== 'cancelled')
    return new AppError('CONFLICT', 'An attempt of this delivery is under way. Try again when it has ended.');
  return new AppError('INVALID_STATE', 'The webhook of this delivery was deleted.', { details: { status } });
}
