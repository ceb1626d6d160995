// Placing an order is a saga of three steps, each of which can be repeated: a row says that it began; the inventory reserves the stock of
// all lines or none; one transaction writes the order, its event, and takes the row away. What a crash leaves is a row, which settle-stock.ts undoes.
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
import { LEASE_MS, StockTask } from './stock-task.entity.ts';

const RESERVE = 'mutation ReserveStock($orderId: ID!, $lines: [StockLine!]!) { reserveStock(orderId: $orderId, lines: $lines) { status } }';

/** INVALID_CUSTOMER, VALIDATION_ERROR, INSUFFICIENT_INVENTORY: nothing was reserved and nothing written. */
export async function placeOrder(context: SubgraphContext, input: unknown, selection: Selection): Promise<Row> {
  return createOnce<Row>(context, 'order', 'order_pkey', {
    find: (id) => context.reads.one(orderReads, context.caller, 't.id', id, selection),
    async create(id) {
      const draft = await priceOrder(context, input);
      await begin(context, id);
      await reserve(context, id, draft);
      return complete(context, id, draft);
    },
  });
}

/** Writes the saga's row, or takes over the one that an earlier try of the same request left. */
async function begin({ run, caller, now }: SubgraphContext, id: string): Promise<void> {
  const rows = await run(
    `insert into orders.stock_task as task (id, account_id, mode, action, request_id, locked_until) values ($1, $2, $3, 'undecided', $4, $5)
     on conflict (id) do update set locked_until = excluded.locked_until where task.action = 'undecided' returning id`,
    [id, caller.accountId, caller.mode, caller.requestId, new Date(now().getTime() + LEASE_MS)],
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
      await context.run(`delete from orders.stock_task where id = $1 and action = 'undecided'`, [id]);
    }
    if (error instanceof AppError && error.code === 'INVALID_STATE') throw givenUp();
    throw error;
  }
}

function complete(context: SubgraphContext, id: string, draft: Draft): Promise<Row> {
  return context.write(async (em) => {
    const task = await em.findOne(StockTask, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (task === null || task.action !== 'undecided') throw givenUp();
    const at = context.now();
    const { lines: drafted, shippingAddress, ...given } = draft;
    const order = em.create(Order, {
      ...tenantOf(context.caller),
      ...given,
      id,
      status: 'pending',
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
    em.remove(task);
    await em.flush();
    return orderRow(order, lines);
  });
}

function givenUp(): AppError {
  return new AppError(
    'CONFLICT',
    'An earlier try of this order failed half-way and was undone. Send it again under a new idempotency key.',
  );
}
