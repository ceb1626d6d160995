// Placing an order is a saga of steps that can each be repeated: a row says that it began; the inventory reserves the stock of all lines
// or none; the payments charge for it; one transaction writes the order, its event, and takes the row away. What a crash leaves is a row,
// which settle-task.ts undoes.
import { LockMode } from '@mikro-orm/core';
import { asService } from '@portico/contracts/caller';
import { AppError } from '@portico/contracts/errors';
import { orderCreated } from '@portico/contracts/events/orders';
import { newId } from '@portico/contracts/ids';
import { createOnce } from '@portico/service-kit/create-once';
import { emit } from '@portico/service-kit/outbox';
import type { Row } from '@portico/service-kit/reads/reads';
import type { Selection } from '@portico/service-kit/reads/selection';
import type { SubgraphContext } from '@portico/service-kit/subgraph/context';
import { tenantOf } from '@portico/service-kit/tenant';
import { Order, OrderLine, sealedShippingAddress } from './order.entity.ts';
import { orderReads } from './order-reads.ts';
import { orderPayload, orderRow } from './order-row.ts';
import { type Draft, priceOrder } from './price-order.ts';
import { type ChargeOutcome, chargeOrder } from './saga/charge-order.ts';
import { AWAIT_MS, LEASE_MS, SagaTask } from './saga/saga-task.entity.ts';
import { settleTask } from './saga/settle-task.ts';

const RESERVE = 'mutation ReserveStock($orderId: ID!, $lines: [StockLine!]!) { reserveStock(orderId: $orderId, lines: $lines) { status } }';

/** INVALID_CUSTOMER, VALIDATION_ERROR, INSUFFICIENT_INVENTORY, PAYMENT_FAILED: nothing is held, nothing charged and nothing written. */
export async function placeOrder(context: SubgraphContext, input: unknown, selection: Selection): Promise<Row> {
  return createOnce<Row>(context, 'order', 'order_pkey', {
    find: (id) => context.reads.one(orderReads, context.caller, 't.id', id, selection),
    async create(id) {
      const draft = await priceOrder(context, input);
      await begin(context, id, draft);
      await reserve(context, id, draft);
      return complete(context, id, draft, await charge(context, id, draft));
    },
  });
}

/** Writes the saga's row, or takes over the one that an earlier try of the same request left. */
async function begin({ run, caller, now }: SubgraphContext, id: string, { paymentMethod }: Draft): Promise<void> {
  const rows = await run(
    `insert into orders.saga_task as task (id, account_id, mode, stage, stock, payment, request_id, locked_until)
     values ($1, $2, $3, 'placing', 'release', $4, $5, $6)
     on conflict (id) do update set locked_until = excluded.locked_until where task.stage = 'placing' returning id`,
    [id, caller.accountId, caller.mode, paymentMethod ? 'void' : null, caller.requestId, new Date(now().getTime() + LEASE_MS)],
  );
  if (rows.length === 0) throw givenUp();
}

async function reserve(context: SubgraphContext, id: string, { lines }: Draft): Promise<void> {
  const wanted = lines.map(({ productId, quantity }) => ({ productId, quantity }));
  try {
    await context.graph.execute(RESERVE, { orderId: id, lines: wanted }, asService(context.caller, 'orders', ['inventory:write']));
  } catch (error) {
    // A refusal is certain: nothing is held. Any other failure may have reserved; the row stays, and with it the duty to release.
    if (error instanceof AppError && error.code === 'INSUFFICIENT_INVENTORY') {
      await context.run(`delete from orders.saga_task where id = $1 and stage = 'placing'`, [id]);
    }
    throw isSpent(error) ? givenUp() : error;
  }
}

/** Undefined when there is nothing to pay, or nobody said how. */
async function charge(context: SubgraphContext, id: string, draft: Draft): Promise<Exclude<ChargeOutcome['kind'], 'refused'> | undefined> {
  const { paymentMethod, total } = draft;
  if (!paymentMethod) return undefined;
  if (total === 0) return 'succeeded';
  const outcome = await chargeOrder(context, id, draft, paymentMethod).catch((error: unknown) => {
    // Any failure may have charged; the row stays, and with it the duty to void.
    throw isSpent(error) ? givenUp() : error;
  });
  if (outcome.kind !== 'refused') return outcome.kind;
  await giveBackStock(context, id);
  throw outcome.error;
}

/** A refused charge is certain: only the stock is due. When giving it back fails, the task does it. */
async function giveBackStock(context: SubgraphContext, id: string): Promise<void> {
  const duties = { stock: 'release', payment: null } as const;
  const decided = await context.run(
    `update orders.saga_task set stage = 'owing', payment = null where id = $1 and stage = 'placing' returning id`,
    [id],
  );
  if (decided.length > 0) await settleTask(context, id, duties).catch(() => {});
}

function complete(context: SubgraphContext, id: string, draft: Draft, charged: 'succeeded' | 'pending' | undefined): Promise<Row> {
  return context.write(async (em) => {
    const task = await em.findOne(SagaTask, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (task?.stage !== 'placing') throw givenUp();
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

/** Inventory and payments refuse what was undone before. */
function isSpent(error: unknown): boolean {
  return error instanceof AppError && error.code === 'INVALID_STATE';
}

function givenUp(): AppError {
  return new AppError(
    'CONFLICT',
    'An earlier try of this order failed half-way and was undone. Send it again under a new idempotency key.',
  );
}
