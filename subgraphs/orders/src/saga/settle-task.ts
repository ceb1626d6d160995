// What an order owes is paid right after the transaction that made it due. The task here pays what a crash, or a program that could not
// be reached, left unpaid; an order that was never decided is undone.
import { LockMode } from '@mikro-orm/core';
import { asService, type Caller } from '@portico/contracts/caller';
import { allTenants } from '@portico/service-kit/sql/tenancy-gate';
import type { SubgraphContext } from '@portico/service-kit/subgraph/context';
import type { BackgroundTask, SubgraphProgram } from '@portico/service-kit/subgraph/start-subgraph';
import { publishSettled } from '@portico/service-kit/subgraph/work-state';
import { Order } from '../order.entity.ts';
import { moveOrder } from '../status/move-order.ts';
import { isCovered, type OrderPayment, orderPayments } from './order-payments.ts';
import { AWAIT_MS, type Duties, LEASE_MS, type SagaStage, SagaTask } from './saga-task.entity.ts';

const STOCK = {
  release: 'mutation ReleaseStock($orderId: ID!) { releaseStock(orderId: $orderId) { status } }',
  commit: 'mutation CommitStock($orderId: ID!) { commitStock(orderId: $orderId) { status } }',
} as const;
const PAYMENT = {
  void: 'mutation VoidCharge($orderId: ID!) { voidCharge(orderId: $orderId) { status } }',
  refund: 'mutation RefundOrder($orderId: ID!) { refundOrder(orderId: $orderId) { status } }',
} as const;

const CLOSE = 'mutation CloseUnpaidOrder($orderId: ID!) { closeUnpaidOrder(orderId: $orderId) }';

const PAYMENT_FAILED = 'The payment failed.';

/** Pays what is due and takes the row away. Safe to repeat: whoever is paid answers the same a second time. False: there is still something to wait for. */
export async function settleTask(context: SubgraphContext, orderId: string, { stock, payment }: Duties): Promise<boolean> {
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
  return true;
}

/** Confirms or cancels an order whose charge was not decided when it was placed. */
async function settleAwaited(context: SubgraphContext, orderId: string): Promise<boolean> {
  const payments = (await orderPayments(context, orderId)) ?? [];
  if (isUndecided(payments)) return false;
  // The charge failed. Unless the buyer has begun to pay in another way, the order is given up, and no payment may begin from here on: one
  // that was faster is waited for.
  const isGivenUp = !payments.some(hasBegun) && (await isPending(context, orderId));
  if (isGivenUp && !(await closeUnpaid(context, orderId))) return false;
  const duties = await context.write(async (em) => {
    // The order before its row, as every move locks them.
    const order = await em.findOne(Order, { id: orderId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    await em.nativeDelete(SagaTask, { id: orderId, payment: 'await' });
    // Somebody was faster: confirmed it by hand, or cancelled it.
    if (order?.status !== 'pending') return undefined;
    if (isCovered(order, payments)) return (await moveOrder(em, context, { id: orderId, status: 'confirmed' })).duties;
    // What the buyer has begun to pay confirms it when that covers the order.
    if (!isGivenUp) return undefined;
    return (await moveOrder(em, context, { id: orderId, status: 'cancelled', reason: PAYMENT_FAILED })).duties;
  });
  if (duties !== undefined) await settleTask(context, orderId, duties);
  return true;
}

/** A payment that was settled elsewhere says nothing more by itself. */
function isUndecided(payments: readonly OrderPayment[]): boolean {
  return payments.some(({ status, provider }) => status === 'pending' && provider !== null);
}

function hasBegun({ status, provider }: OrderPayment): boolean {
  return status === 'succeeded' || (status === 'pending' && provider === null);
}

async function isPending({ run, caller }: SubgraphContext, orderId: string): Promise<boolean> {
  const text = `select status from orders.order where account_id = $1 and mode = $2 and id = $3`;
  const [order] = await run(text, [caller.accountId, caller.mode, orderId]);
  return order?.status === 'pending';
}

async function closeUnpaid({ graph, caller }: SubgraphContext, orderId: string): Promise<boolean> {
  const asking = asService(caller, 'orders', ['payments:write']);
  return (await graph.execute<{ closeUnpaidOrder: boolean }>(CLOSE, { orderId }, asking)).closeUnpaidOrder;
}

export const settleLeftTasks: BackgroundTask = { idleMs: 5_000, runOnce };

/** Settles one order, and answers 1; 0 when none is due. One that cannot be settled comes back when its lease is over: the others do not wait for it. */
async function runOnce(program: SubgraphProgram): Promise<number> {
  const claimed = await claim(program);
  if (claimed === undefined) return 0;
  const { id, stock, payment, found, ...tenant } = claimed;
  const { contextFor, logger } = program;
  const owesNothing = stock === null && payment === null;
  const operation = found === 'placing' && !owesNothing ? 'undo' : payment === 'await' ? 'await' : 'settle';
  try {
    const done = await settleTask(contextFor({ ...tenant, actor: 'service:orders', scopes: new Set() }), id, { stock, payment });
    if (!done) return 1;
    publishSettled('saga', KIND[operation]);
    logger[payment === 'await' ? 'info' : 'warn']({ orderId: id, operation }, 'settled what an order left');
  } catch (err) {
    publishSettled('saga', 'failed');
    logger.error({ err, orderId: id, operation }, 'what an order left could not be settled');
  }
  return 1;
}

const KIND = { undo: 'undone', settle: 'settled', await: 'awaited' } as const;

/** Claiming decides an undecided order: from here on its request cannot complete it. */
async function claim({ database, now }: SubgraphProgram): Promise<Claimed | undefined> {
  // Where the order stands already, two tries of one request crossed and one of them completed it: nothing is due and only the row is left.
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
  return claimed as Claimed | undefined;
}

type Claimed = { id: string; found: SagaStage } & Duties & Pick<Caller, 'accountId' | 'mode' | 'requestId'>;
