// Charges against the sandbox provider in a process of its own: what is lost on the way, decided late, undone meanwhile, or killed.
import { createHmac } from 'node:crypto';
import type { Caller } from '@portico/contracts/caller';
import { AppError } from '@portico/contracts/errors';
import { newId } from '@portico/contracts/ids';
import type { GraphClient } from '@portico/service-kit/graph/graph';
import type { Subgraph } from '@portico/service-kit/subgraph/start-subgraph';
import { onWork } from '@portico/service-kit/subgraph/work-state';
import {
  askSubgraph,
  createTestDatabase,
  silentLogger,
  TEST_BLIND_INDEX_KEY,
  TEST_SECRET_KEYS,
  testCaller,
} from '@portico/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openProviders } from '../payment-provider/open-providers.ts';
import { type SandboxProcess, startSandbox } from '../payment-provider/sandbox/sandbox-testing.ts';
import { start } from '../server.ts';
import { beginPayment } from './begin-payment.ts';
import { chargePayment } from './charge-payment.ts';

type Payment = { id: string; status: string; amount: number; failureReason: string | null; reference: string | null };

let sandbox: SandboxProcess;
let payments: Subgraph;
let aheadMs = 0;
let ordersAreAway = false;
/** Which orders were told that money came. */
const told: unknown[] = [];

/** Stands for the orders: each costs 25 dollars. */
const graph: GraphClient = {
  async execute<Data>(document: string, { id, orderId }: Readonly<Record<string, unknown>>) {
    if (ordersAreAway && document.includes('confirmPaidOrder')) throw new AppError('SERVICE_UNAVAILABLE');
    if (document.includes('confirmPaidOrder')) told.push(orderId);
    return { order: { id, currency: 'USD', total: 2_500, status: 'pending' }, confirmPaidOrder: true } as Data;
  },
};
const opened = new AsyncDisposableStack();

beforeAll(async () => {
  const database = opened.use(await createTestDatabase());
  sandbox = opened.use(await startSandbox());
  payments = opened.use(
    await start(
      {
        databaseUrl: database.url,
        poolMax: 6,
        secretKeys: TEST_SECRET_KEYS,
        blindIndexKey: TEST_BLIND_INDEX_KEY,
        provider: sandbox.config,
      },
      { graph, logger: silentLogger, now: () => new Date(Date.now() + aheadMs) },
    ),
  );
});
afterAll(() => opened.disposeAsync());

const FIELDS = '{ id status amount failureReason reference }';

async function charge(
  caller: Caller,
  orderId: string,
  paymentMethod: string,
  more: { amount?: number; currency?: string } = {},
): Promise<Payment> {
  const document = `mutation ($input: ChargeOrderInput!) { chargeOrder(input: $input) ${FIELDS} }`;
  const input = { orderId, amount: 2_500, currency: 'USD', paymentMethod, ...more };
  return (await askSubgraph<{ chargeOrder: Payment }>(payments, caller, document, { input })).chargeOrder;
}
async function refund(caller: Caller, orderId: string): Promise<Payment[]> {
  const document = `mutation ($id: ID!) { refundOrder(orderId: $id, reason: "Cancelled.") ${FIELDS} }`;
  return (await askSubgraph<{ refundOrder: Payment[] }>(payments, caller, document, { id: orderId })).refundOrder;
}
async function voidCharge(caller: Caller, orderId: string): Promise<Payment[]> {
  const document = `mutation ($id: ID!) { voidCharge(orderId: $id) ${FIELDS} }`;
  return (await askSubgraph<{ voidCharge: Payment[] }>(payments, caller, document, { id: orderId })).voidCharge;
}
async function statusOf(caller: Caller, id: string): Promise<string | undefined> {
  const document = `query ($id: ID!) { payment(id: $id) ${FIELDS} }`;
  return (await askSubgraph<{ payment: Payment | null }>(payments, caller, document, { id })).payment?.status;
}
async function eventsOf(orderId: string): Promise<unknown[]> {
  const rows = await payments.database.run('select type from payments.outbox where aggregate_id = $1 order by position', [orderId]);
  return rows.map(({ type }) => type);
}
/** As if so much time had passed, and the task had looked since. */
async function later(ms: number): Promise<void> {
  aheadMs += ms;
  await Promise.all([1, 2, 3].map(() => payments.runTask('settle-payments')));
}
const settled = (caller: Caller, id: string, status: string) => expect.poll(() => statusOf(caller, id), { timeout: 15_000 }).toBe(status);

describe('charging for an order', () => {
  it('happens once however often and however parallel it is asked, with one event', async () => {
    const [caller, orderId] = [testCaller(), newId('order')];
    const tries = await Promise.all(Array.from({ length: 10 }, () => charge(caller, orderId, 'tok_visa')));
    const again = await charge(caller, orderId, 'tok_visa');
    expect(new Set(tries.map(({ id }) => id))).toEqual(new Set([again.id]));
    expect(again).toMatchObject({ status: 'succeeded', amount: 2_500 });
    expect(await sandbox.charges(again.id)).toMatchObject([{ id: again.reference, amount: 2_500 }]);
    expect(await eventsOf(orderId)).toEqual(['payment.received']);
    await expect(charge(caller, orderId, 'tok_visa', { amount: 1 })).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('that is declined is a payment that failed, for good, with one event', async () => {
    const [caller, orderId] = [testCaller(), newId('order')];
    const declined = { status: 'failed', failureReason: expect.stringContaining('card_declined') };
    expect(await charge(caller, orderId, 'tok_declined')).toMatchObject(declined);
    expect(await charge(caller, orderId, 'tok_visa')).toMatchObject(declined);
    expect(await eventsOf(orderId)).toEqual(['payment.failed']);
  });

  it.each(['tok_unknown_outcome', 'tok_flaky', 'tok_rate_limited'])('succeeds with %s, once', async (token) => {
    const [caller, orderId] = [testCaller(), newId('order')];
    const { id, status } = await charge(caller, orderId, token);
    expect(status).toBe('succeeded');
    expect(await sandbox.charges(id)).toHaveLength(1);
    expect(await eventsOf(orderId)).toEqual(['payment.received']);
  });

  it.each([
    [{ amount: 0 }, 'amount'],
    [{ currency: 'XXX' }, 'currency'],
  ])('refuses %j, naming %s', async (more, field) => {
    await expect(charge(testCaller(), newId('order'), 'tok_visa', more)).rejects.toMatchObject({
      code: 'VALIDATION_ERROR',
      details: { [field]: expect.any(String) },
    });
  });

  it('that nobody answered is pending, and failed when the provider still knows nothing half a minute later', async () => {
    const [caller, orderId] = [testCaller(), newId('order')];
    const { id, status } = await charge(caller, orderId, 'tok_timeout');
    expect(status).toBe('pending');
    await later(10_000);
    expect(await statusOf(caller, id)).toBe('pending');
    await later(31_000);
    await settled(caller, id, 'failed');
    expect(await eventsOf(orderId)).toEqual(['payment.failed']);
  });

  it('that was made just before a crash is found, written down once, and not made again', async () => {
    const [caller, orderId] = [testCaller(), newId('order')];
    await using providers = await openProviders(sandbox.config, { logger: silentLogger });
    const id = newId('payment', orderId);
    await beginPayment(payments.contextFor(caller), { providers, logger: silentLogger }, { id, orderId, currency: 'USD' }, () => 2_500);
    const request = { key: id, amount: 2_500, currency: 'USD', token: 'tok_visa', orderId, description: `Order ${orderId}` };
    await providers.of('test').charge(request, AbortSignal.timeout(5_000));
    expect(await statusOf(caller, id)).toBe('pending');
    await later(31_000);
    await settled(caller, id, 'succeeded');
    expect(await charge(caller, orderId, 'tok_visa')).toMatchObject({ id, status: 'succeeded' });
    expect(await sandbox.charges(id)).toHaveLength(1);
    expect(await eventsOf(orderId)).toEqual(['payment.received']);
  });
});

describe('two tries of one charge', () => {
  it('of which one could not ask the provider leave the payment to the one that could', async () => {
    const [caller, orderId] = [testCaller(), newId('order')];
    const context = payments.contextFor(caller);
    await using providers = await openProviders(sandbox.config, { logger: silentLogger });
    const asked = { id: newId('payment', orderId), orderId, currency: 'USD' };
    const charging = { providers, logger: silentLogger };
    const { payment } = await beginPayment(context, charging, asked, () => 2_500);
    // The provider turns the first away when the second has charged, and not yet written it down.
    await beginPayment(context, charging, asked, () => 2_500);
    const away = { ...providers.of('test'), charge: async () => ({ kind: 'unavailable' }) as const };
    const turnedAway = { logger: silentLogger, providers: { of: () => away, named: () => away } };
    await expect(chargePayment(context, turnedAway, payment, { token: 'tok_visa', isNew: true, tellOrders: false })).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
    });
    expect(await charge(caller, orderId, 'tok_visa')).toMatchObject({ id: payment.id, status: 'succeeded' });
    expect(await sandbox.charges(payment.id)).toHaveLength(1);
  });

  it('of which none could ask the provider leave nothing behind', async () => {
    const [caller, orderId] = [testCaller(), newId('order')];
    const away = {
      ...(await openProviders(sandbox.config, { logger: silentLogger })).of('test'),
      charge: async () => ({ kind: 'unavailable' }) as const,
    };
    const charging = { logger: silentLogger, providers: { of: () => away, named: () => away } };
    const context = payments.contextFor(caller);
    const id = newId('payment', orderId);
    const { payment, isNew } = await beginPayment(context, charging, { id, orderId, currency: 'USD' }, () => 2_500);
    await expect(chargePayment(context, charging, payment, { token: 'tok_visa', isNew, tellOrders: false })).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
    });
    expect(await statusOf(caller, id)).toBeUndefined();
  });
});

describe('money for an order that stands', () => {
  const PAY = 'mutation ($input: PayOrderInput!) { payOrder(input: $input) { id status } }';
  const pay = async (caller: Caller, orderId: string, paymentMethod: string): Promise<Payment> =>
    (await askSubgraph<{ payOrder: Payment }>(payments, caller, PAY, { input: { orderId, paymentMethod } })).payOrder;
  const timesTold = (orderId: string): number => told.filter((id) => id === orderId).length;

  it('is told to the orders before the payment is answered, and a charge of a placement is not', async () => {
    const [caller, paid, placed] = [testCaller(), newId('order'), newId('order')];
    expect(await pay(caller, paid, 'tok_visa')).toMatchObject({ status: 'succeeded' });
    expect(await charge(caller, placed, 'tok_visa')).toMatchObject({ status: 'succeeded' });
    await later(31_000);
    await payments.runTask('tell-orders');
    expect([timesTold(paid), timesTold(placed)]).toEqual([1, 0]);
  });

  it('that the orders could not be told of is told until they hear it', async () => {
    const [caller, orderId] = [testCaller(), newId('order')];
    ordersAreAway = true;
    expect(await pay(caller, orderId, 'tok_visa')).toMatchObject({ status: 'succeeded' });
    await later(31_000);
    await payments.runTask('tell-orders');
    ordersAreAway = false;
    expect(timesTold(orderId)).toBe(0);
    await later(31_000);
    await payments.runTask('tell-orders');
    await expect.poll(() => timesTold(orderId)).toBe(1);
    await later(31_000);
    expect(await payments.runTask('tell-orders')).toBe(0);
  });

  it('that the provider decides on later is told then, and a decline is not', async () => {
    const [caller, paid, declined] = [testCaller(), newId('order'), newId('order')];
    const { id } = await pay(caller, paid, 'tok_pending');
    const { id: failed } = await pay(caller, declined, 'tok_pending_declined');
    for (const one of [id, failed]) {
      await expect.poll(async () => (await sandbox.charges(one))[0]?.status, { timeout: 15_000 }).not.toBe('pending');
    }
    await later(31_000);
    await settled(caller, id, 'succeeded');
    await settled(caller, failed, 'failed');
    await expect.poll(() => timesTold(paid)).toBe(1);
    expect(timesTold(declined)).toBe(0);
  });
});

describe('payments that are open with the provider', () => {
  it('are shown with the age of the oldest, until they are settled', async () => {
    const [caller, orderId] = [testCaller(), newId('order')];
    const shown: { waiting: number; oldestSeconds: number }[] = [];
    using _ = onWork({ waiting: (state) => shown.push(state) });
    const { id } = await charge(caller, orderId, 'tok_pending');
    aheadMs += 1_500;
    await payments.runTask('watch-payments');
    expect(shown.at(-1)).toMatchObject({ work: 'payments', waiting: 1 });
    expect(shown.at(-1)?.oldestSeconds).toBeGreaterThanOrEqual(1.5);
    await expect.poll(async () => (await sandbox.charges(id))[0]?.status, { timeout: 15_000 }).toBe('succeeded');
    await later(31_000);
    await settled(caller, id, 'succeeded');
    await payments.runTask('watch-payments');
    expect(shown.at(-1)).toEqual({ work: 'payments', waiting: 0, oldestSeconds: 0 });
  });
});

describe('undoing what was charged', () => {
  it('gives the money back once, answers the same when asked again, and lets nothing be charged after', async () => {
    const [caller, orderId] = [testCaller(), newId('order')];
    const { id } = await charge(caller, orderId, 'tok_visa');
    const [first, again] = [await refund(caller, orderId), await refund(caller, orderId)];
    expect(first).toMatchObject([{ id, status: 'refunded' }]);
    expect(again).toEqual(first);
    expect(await sandbox.charges(id)).toMatchObject([{ amount: 2_500, refunded: 2_500 }]);
    expect(await charge(caller, orderId, 'tok_visa')).toMatchObject({ id, status: 'refunded' });
    expect(await sandbox.charges(id)).toHaveLength(1);
  });

  it('before anything was charged keeps a charge from being made', async () => {
    const [caller, orderId] = [testCaller(), newId('order')];
    expect(await voidCharge(caller, orderId)).toEqual([]);
    await expect(charge(caller, orderId, 'tok_visa')).rejects.toMatchObject({ code: 'INVALID_STATE' });
    expect(await sandbox.charges(newId('payment', orderId))).toEqual([]);
    expect(await eventsOf(orderId)).toEqual([]);
  });

  it('of a charge that is decided later gives it back then, and never says that it was received', async () => {
    const [caller, orderId] = [testCaller(), newId('order')];
    const { id, status } = await charge(caller, orderId, 'tok_pending');
    expect(status).toBe('pending');
    expect(await voidCharge(caller, orderId)).toMatchObject([{ id, status: 'pending' }]);
    await expect.poll(async () => (await sandbox.charges(id))[0]?.status, { timeout: 15_000 }).toBe('succeeded');
    await later(31_000);
    await settled(caller, id, 'refunded');
    expect(await sandbox.charges(id)).toMatchObject([{ amount: 2_500, refunded: 2_500 }]);
    expect(await eventsOf(orderId)).toEqual([]);
  });

  it('side by side with the charge leaves no charge standing, whichever comes first', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [caller, orderId] = [testCaller(), newId('order')];
      const id = newId('payment', orderId);
      await Promise.allSettled([charge(caller, orderId, 'tok_visa'), voidCharge(caller, orderId)]);
      await later(31_000);
      await expect
        .poll(async () => (await sandbox.charges(id)).filter(({ amount, refunded }) => refunded < amount), { timeout: 15_000 })
        .toEqual([]);
      expect(['refunded', 'failed', undefined]).toContain(
        await expect
          .poll(() => statusOf(caller, id), { timeout: 15_000 })
          .not.toBe('pending')
          .then(() => statusOf(caller, id)),
      );
    }
  });

  it('while the provider is gone is remembered, and done when it is back', async () => {
    const [caller, orderId] = [testCaller(), newId('order')];
    const { id } = await charge(caller, orderId, 'tok_visa');
    await sandbox.kill();
    expect(await refund(caller, orderId)).toMatchObject([{ id, status: 'succeeded' }]);
    await sandbox.restart();
    await later(60_000);
    await settled(caller, id, 'refunded');
    expect(await sandbox.charges(id)).toMatchObject([{ refunded: 2_500 }]);
  });

  it('touches no order of another tenant', async () => {
    const [caller, orderId] = [testCaller(), newId('order')];
    const { id } = await charge(caller, orderId, 'tok_visa');
    expect(await voidCharge(testCaller(), orderId)).toEqual([]);
    expect(await voidCharge({ ...caller, mode: 'live' }, orderId)).toEqual([]);
    expect(await statusOf(caller, id)).toBe('succeeded');
  });

  it('of a charge that turns up after it was given up gives it back', async () => {
    const [caller, orderId] = [testCaller(), newId('order')];
    const { id } = await charge(caller, orderId, 'tok_timeout');
    await later(31_000);
    await settled(caller, id, 'failed');
    await using providers = await openProviders(sandbox.config, { logger: silentLogger });
    const request = { key: id, amount: 2_500, currency: 'USD', token: 'tok_visa', orderId, description: `Order ${orderId}` };
    await providers.of('test').charge(request, AbortSignal.timeout(5_000));
    expect(await receive(signed('charge.succeeded', id))).toBe(true);
    await settled(caller, id, 'refunded');
    expect(await sandbox.charges(id)).toMatchObject([{ refunded: 2_500 }]);
    expect(await eventsOf(orderId)).toEqual(['payment.failed']);
  });
});

describe('callbacks', () => {
  it('settle a payment that waits, once, and know each other again', async () => {
    const [caller, orderId] = [testCaller(), newId('order')];
    const { id } = await charge(caller, orderId, 'tok_pending');
    await expect.poll(async () => (await sandbox.charges(id))[0]?.status, { timeout: 15_000 }).toBe('succeeded');
    const callback = signed('charge.succeeded', id);
    expect(await Promise.all([receive(callback), receive(callback), receive(callback)])).toHaveLength(3);
    expect(await receive(callback)).toBe(false);
    await settled(caller, id, 'succeeded');
    expect(await eventsOf(orderId)).toEqual(['payment.received']);
  });

  it('are believed only that something happened: what happened is asked of the provider', async () => {
    const [caller, orderId] = [testCaller(), newId('order')];
    const { id } = await charge(caller, orderId, 'tok_pending');
    await expect.poll(async () => (await sandbox.charges(id))[0]?.status, { timeout: 15_000 }).toBe('succeeded');
    await receive(signed('charge.failed', id));
    await settled(caller, id, 'succeeded');
  });

  it('are refused when somebody else signed them, or for a provider that is not there', async () => {
    await expect(receive(signed('charge.succeeded', 'pay_x', 'another secret'))).rejects.toMatchObject({ code: 'AUTHENTICATION_ERROR' });
    await expect(receive({ ...signed('charge.succeeded', 'pay_x'), provider: 'stripe' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

type Given = { provider: string; headers: { name: string; value: string }[]; body: string };

function signed(type: string, key: string, secret = sandbox.config.SANDBOX_CALLBACK_SECRET): Given {
  const id = newId('event');
  const body = JSON.stringify({ id, type, data: { idempotencyKey: key } });
  const timestamp = String(Math.floor((Date.now() + aheadMs) / 1_000));
  const signature = `v1,${createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  const headers = { 'Webhook-Id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature };
  return {
    provider: 'sandbox',
    headers: Object.entries(headers).map(([name, value]) => ({ name, value })),
    body: Buffer.from(body).toString('base64'),
  };
}

async function receive(given: Given): Promise<boolean> {
  const document = `mutation ($provider: String!, $headers: [ProviderHeader!]!, $body: String!) {
    receiveProviderCallback(provider: $provider, headers: $headers, body: $body)
  }`;
  const caller = testCaller(['payments:write'], { accountId: 'none' });
  return (await askSubgraph<{ receiveProviderCallback: boolean }>(payments, caller, document, given)).receiveProviderCallback;
}
