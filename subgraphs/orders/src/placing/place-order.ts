// Placing an order is a saga of steps that can each be repeated: a row says that it began; the inventory reserves the stock of all lines
// or none; the payments charge for it; one transaction writes the order, its event, and takes the row away. What a crash leaves is a row,
// which settle-task.ts undoes.
import { LockMode } from '@mikro-orm/core';
import { asService } from '@portico/contracts/caller';
import { AppError } from '@portico/contracts/errors';
import { orderCreated } from '@portico/contracts/events/orders';
import { newId } from '@portico/contracts/ids';
import { createOnce } from '@portico/service-kit/database/create-once';
import { tenantOf } from '@portico/service-kit/database/tenant';
import { emit } from '@portico/service-kit/outbox/outbox';
import type { Row } from '@portico/service-kit/reads/reads';
import type { Selection } from '@portico/service-kit/reads/selection';
import type { SubgraphContext } from '@portico/service-kit/subgraph/context';
import { Order, OrderLine, sealedShippingAddress } from '../order.entity.ts';
import { orderReads } from '../order-reads.ts';
import { orderPayload, orderRow } from '../order-row.ts';
import { type ChargeOutcome, chargeOrder } from '../saga/charge-order.ts';
import { AWAIT_MS, LEASE_MS, SagaTask } from '../saga/saga-task.entity.ts';
import { settleTask } from '../saga/settle-task.ts';
import { type Draft, priceOrder } from './price-order.ts';

const RESERVE = 'mutation ReserveStock($orderId: ID!, $lines: [StockLine!]!) { reserveStock(orderId: $orderId, lines: $lines) { status } }';

/** INVALID_CUSTOMER, VALIDATION_ERROR, INSUFFICIENT_INVENTORY, PAYMENT_FAILED: nothing is held, nothing charged and nothing written. */
export async function placeOrder(context: SubgraphContext, input: unknown, selection: Selection): Promise<Row> {
  const find = (id: string): Promise<Row | undefined> => context.reads.one(orderReads, context.caller, 't.id', id, selection);
  return createOnce<Row>(context, 'order', 'order_pkey', {
    find,
    async create(id) {
      try {
        return await tryToPlace(context, id, input);
      } catch (error) {
        // Whatever this try met with: an order that stands is the answer. Another try completed it, or this one did and was not told.
        const standing = await find(id).catch(() => undefined);
        if (standing === undefined) throw error;
        return standing;
      }
    },
  });
}

async function tryToPlace(context: SubgraphContext, id: string, input: unknown): Promise<Row> {
  const draft = await priceOrder(context, input);
  const begun = await begin(context, id, draft);
  await reserve(context, begun, draft);
  const charged = await charge(context, begun, draft);
  const order = await complete(context, begun, draft, charged);
  if (order === undefined) throw givenUp();
  return order;
}

/** One try of a placement. Of several side by side the latest has the saga's row; only it may complete the order or take the row away. */
type Try = {
  /** The order's. */
  readonly id: string;
  readonly tryId: string;
  /** No other try of the same request had a row that is still there. */
  readonly isFirst: boolean;
};

/** Writes the saga's row, or takes over the one that an earlier try of the same request left. */
async function begin({ run, caller, now }: SubgraphContext, id: string, { paymentMethod }: Draft): Promise<Try> {
  const at = now();
  // xmax is 0 in a row that was inserted, and not in one that was taken over.
  const [row] = await run(
    `insert into orders.saga_task as task (id, account_id, mode, stage, stock, payment, request_id, begun_at, locked_until)
     values ($1, $2, $3, 'placing', 'release', $4, $5, $6, $7)
     on conflict (id) do update
       set locked_until = excluded.locked_until, try_id = excluded.try_id, payment = coalesce(task.payment, excluded.payment)
       where task.stage = 'placing'
     returning try_id as "tryId", xmax = 0 as "isFirst"`,
    [id, caller.accountId, caller.mode, paymentMethod ? 'void' : null, caller.requestId, at, new Date(at.getTime() + LEASE_MS)],
  );
  if (row === undefined) throw givenUp();
  return { id, tryId: String(row.tryId), isFirst: row.isFirst === true };
}

async function reserve(context: SubgraphContext, { id, tryId, isFirst }: Try, { lines }: Draft): Promise<void> {
  const wanted = lines.map(({ productId, quantity }) => ({ productId, quantity }));
  try {
    await context.graph.execute(RESERVE, { orderId: id, lines: wanted }, asService(context.caller, 'orders', ['inventory:write']));
  } catch (error) {
    // A refusal is certain: nothing is held. Any other failure may have reserved, and so may another try of this request, whose call is
    // still on its way; then the row stays, and with it the duty to release.
    if (isFirst && error instanceof AppError && error.code === 'INSUFFICIENT_INVENTORY') {
      await context.run(`delete from orders.saga_task where id = $1 and try_id = $2 and stage = 'placing'`, [id, tryId]);
    }
    throw isSpent(error) ? givenUp() : error;
  }
}

/** Undefined when there is nothing to pay, or nobody said how. */
async function charge(context: SubgraphContext, begun: Try, draft: Draft): Promise<Exclude<ChargeOutcome['kind'], 'refused'> | undefined> {
  const { paymentMethod, total } = draft;
  if (!paymentMethod) return undefined;
  if (total === 0) return 'succeeded';
  const outcome = await chargeOrder(context, begun.id, draft, paymentMethod).catch((error: unknown) => {
    // Any failure may have charged; the row stays, and with it the duty to void.
    throw isSpent(error) ? givenUp() : error;
  });
  if (outcome.kind !== 'refused') return outcome.kind;
  await giveBackStock(context, begun);
  throw outcome.error;
}

/**
 * A refused charge is certain: only the stock is due, unless it is that of an order that another try completed and that was paid otherwise.
 * When giving it back fails, the task does it.
 */
async function giveBackStock(context: SubgraphContext, { id, tryId }: Try): Promise<void> {
  const { accountId, mode } = context.caller;
  const duties = { stock: 'release', payment: null } as const;
  const decided = await context.run(
    `update orders.saga_task task set stage = 'owing', payment = null
     where task.id = $1 and task.try_id = $2 and task.stage = 'placing'
       and not exists (select from orders.order o where o.account_id = $3 and o.mode = $4 and o.id = task.id)
     returning task.id`,
    [id, tryId, accountId, mode],
  );
  if (decided.length > 0) await settleTask(context, id, duties).catch(() => {});
}

/** Undefined when there is nothing left to complete: the order was undone, or another try of the same request completed it. */
function complete(
  context: SubgraphContext,
  { id, tryId }: Try,
  draft: Draft,
  charged: 'succeeded' | 'pending' | undefined,
): Promise<Row | undefined> {
  return context.write(async (em) => {
    const task = await em.findOne(SagaTask, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (task?.stage !== 'placing') return undefined;
    // What this try reserved and charged may have been undone before the other one began.
    if (task.tryId !== tryId) throw overtaken();
    const at = context.now();
    const { lines: drafted, shippingAddress, paymentMethod: _, ...given } = draft;
    const order = em.create(Order, {
      ...tenantOf(context.caller),
      ...given,
      id,
      status: charged === 'succeeded' ? 'confirmed' : 'pending',
      shippingAddress: shippingAddress ? sealedShippingAddress.seal(context.keyRing, id, shippingAddress) : null,
      searchText: [id, ...drafted.map(({ sku, name }) => `${sku} ${name}`)].join(' '),
      createdAt: at,
      updatedAt: at,
    });
    const lines = drafted.map((line, position) =>
      em.create(OrderLine, { ...tenantOf(context.caller), ...line, id: newId('orderLine'), orderId: id, position }),
    );
    em.persist([order, ...lines]);
    emit(em, orderCreated, { caller: context.caller, aggregateId: id, payload: orderPayload(order, lines), at });
    if (charged === 'pending') {
      em.assign(task, { stage: 'owing', stock: null, payment: 'await', lockedUntil: new Date(at.getTime() + AWAIT_MS) });
    } else em.remove(task);
    await em.flush();
    return orderRow(order, lines);
  });
}

/** Inventory and payments refuse what was undone before, and payments what was charged at another price before and is about to be undone. */
function isSpent(error: unknown): boolean {
  return error instanceof AppError && (error.code === 'INVALID_STATE' || error.code === 'CONFLICT');
}

function overtaken(): AppError {
  return new AppError('SERVICE_UNAVAILABLE', 'Another try of this order is under way.', { retryAfterSeconds: 1 });
}

function givenUp(): AppError {
  return new AppError(
    'CONFLICT',
    'An earlier try of this order failed half-way and was undone. Send it again under a new idempotency key.',
  );
}
