import type { BusEvent } from '@portico/service-kit/bus/event-bus';
import { openEventBus } from '@portico/service-kit/bus/open-event-bus';
import { silentLogger } from '@portico/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openShop } from '../../stack/shop.ts';
import { type Stack, startStack, TOPOLOGIES } from '../../stack/start-stack.ts';

describe.each(TOPOLOGIES)('events, %s', (topology) => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack({ topology, openBus: (databaseUrl) => openEventBus({ databaseUrl, logger: silentLogger }) });
  });
  afterAll(() => stack?.[Symbol.asyncDispose]());

  it('of what was done over REST reach a consumer on the bus, those of one order in their order', async () => {
    const got: BusEvent[] = [];
    await using bus = await openEventBus({ databaseUrl: stack.databaseUrl, logger: silentLogger });
    await using _ = await bus.consume({ name: 'reader', batchMax: 50 }, async (events) => void got.push(...events));
    const shop = await openShop(stack);
    const customer = await shop.customer();
    const product = await shop.stocked(5);
    const order = await shop.order([{ productId: product.id, quantity: 1 }], { customerId: customer.id });
    await shop.data(200, 'DELETE', `/api/v1/orders/${order.id}`);
    const about = (id: string): string[] => got.filter(({ aggregateId }) => aggregateId === id).map(({ type }) => type);
    await expect
      .poll(() => [about(customer.id), about(order.id)], { timeout: 60_000, interval: 10 })
      .toEqual([['customer.created'], ['order.created', 'order.cancelled']]);
    expect(new Set(got.map(({ accountId, mode }) => `${accountId} ${mode}`))).toEqual(new Set([`${shop.key.accountId} test`]));
  });
});
