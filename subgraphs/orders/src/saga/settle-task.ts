// What an order owes is paid right after the transaction that made it due. The task here pays what a crash, or a program that could not
// be reached, left unpaid; an order that was never decided is undone.
import { asService, type Caller } from '@portico/contracts/caller';
import { allTenants } from '@portico/service-kit/sql/tenancy-gate';
import type { SubgraphContext } from '@portico/service-kit/subgraph/context';
import type { BackgroundTask, SubgraphProgram } from '@portico/service-kit/subgraph/start-subgraph';
import { moveOrder } from '../move-order.ts';
import { Order } from '../order.entity.ts';
import { paymentStatuses } from './payment-statuses.ts';
import { AWAIT_MS, type Duties, LEASE_MS, type SagaStage, SagaTask } from './saga-task.entity.ts';

const STOCK = {
  release: 'mutation ReleaseStock($orderId: ID!) { releaseStock(orderId: $orderId) { status } }',
  commit: 'mutation CommitStock($orderId: ID!) { commitStock(orderId: $orderId) { status } }',
} as const;
const PAYMENT = {
  void: 'mutation VoidCharge($orderId: ID!) { voidCharge(orderId: $orderId) { status } }',
  refund: 'mutation RefundOrder($orderId: ID!) { refundOrder(orderId: $orderId) { status } }',
} as const;

const PAYMENT_FAILED = 'The payment failed.';

/** Pays what is due and takes the row away. Safe to repeat: whoever is paid answers the same a second time. */
export async function settleTask(context: SubgraphContext, orderId: string, { stock, payment }: Duties): Promise<void> {
  const { graph, caller } = context;
  // The money first: of the two it is the one that somebody misses.
  if (payment === 'await') return settleAwaited(context, orderId);
  if (payment !== null) await graph.execute(PAYMENT[payment], { orderId }, asService(caller, 'orders', ['payments:write']));
  if (stock !== null) await graph.execute(STOCK[stock], { orderId }, asService(caller, 'orders', ['inventory:write']));
  await context.run(
    `delete from orders.saga_task
     where id = $1 and stage = 'owing' and stock is not distinct from $2 and payment is not distinct from $3`,
    [orderId, stock, payment],
  );
}

/** Confirms or cancels an order whose charge was not decided when it was placed. Nothing happens while it still is not. */
async function settleAwaited(context: SubgraphContext, orderId: string): Promise<void> {
  const statuses = (await paymentStatuses(context, orderId)) ?? [];
  const paid = statuses.includes('succeeded');
  if (!paid && statuses.includes('pending')) return;
  const duties = await context.write(async (em) => {
    await em.nativeDelete(SagaTask, { id: orderId, payment: 'await' });
    const order = await em.findOne(Order, { id: orderId });
    // Somebody was faster: confirmed it by hand, or cancelled it.
    if (order?.status !== 'pending') return undefined;
    const change = paid ? ({ status: 'confirmed' } as const) : ({ status: 'cancelled', reason: PAYMENT_FAILED } as const);
    return (await moveOrder(em, context, { id: orderId, ...change })).duties;
  });
  if (duties !== undefined) await settleTask(context, orderId, duties);
}

export const settleLeftTasks: BackgroundTask = { idleMs: 5_000, runOnce };

async function runOnce({ database, contextFor, logger, now }: SubgraphProgram): Promise<number> {
  // Claiming decides an undecided order: from here on its request cannot complete it. Where the order stands already, two tries of one
  // request crossed and one of them completed it: then nothing is due and only the row is left over.
  const later = (ms: number): Date => new Date(now().getTime() + ms);
  const [claimed] = await database.run(
    `${allTenants('what any order owes')}with due as materialized (
       select t.id, t.stage, t.stage = 'placing' and exists (select from orders.order o where o.id = t.id) as stands
       from orders.saga_task t where t.locked_until < $2 order by t.locked_until limit 1 for update of t skip locked
     )
     update orders.saga_task task set locked_until = case task.payment when 'await' then $3::timestamptz else $1 end, stage = 'owing',
       stock = case when due.stands then null else task.stock end,
       payment = case when due.stands then null else task.payment end
     from due where task.id = due.id
     returning task.id, task.account_id as "accountId", task.mode, task.request_id as "requestId", task.stock, task.payment, due.stage as "found"`,
    [later(LEASE_MS), now(), later(AWAIT_MS)],
  );
  if (claimed === undefined) return 0;
  const { id, stock, payment, found, ...tenant } = claimed as Claimed;
  await settleTask(contextFor({ ...tenant, actor: 'service:orders', scopes: new Set() }), id, { stock, payment });
  if (payment !== 'await') logger.warn({ orderId: id, operation: found === 'placing' ? 'undo' : 'settle' }, 'settled what an order left');
  return 1;
}

type Claimed = { id: string; found: SagaStage } & Duties & Pick<Caller, 'accountId' | 'mode' | 'requestId'>;
