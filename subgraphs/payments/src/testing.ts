// For tests of charges: the payments on a database of their own, the sandbox provider in a process of its own, and a stand-in for the orders,
// each of which costs 25 dollars.
import { createHmac } from 'node:crypto';
import type { Caller } from '@portico/contracts/caller';
import { AppError } from '@portico/contracts/errors';
import { newId } from '@portico/contracts/ids';
import type { GraphClient } from '@portico/service-kit/graph/graph';
import type { Subgraph } from '@portico/service-kit/subgraph/start-subgraph';
import { askSubgraph, createTestDatabase, silentLogger, testCaller, testSettings } from '@portico/service-kit/testing';
import { expect } from 'vitest';
import { type SandboxProcess, startSandbox } from './payment-provider/sandbox/sandbox-testing.ts';
import { start } from './server.ts';
import type { GivenCallback } from './settling/receive-callback.ts';

export type ShownPayment = { id: string; status: string; amount: number; failureReason: string | null; reference: string | null };

export type Till = AsyncDisposable & {
  readonly sandbox: SandboxProcess;
  readonly payments: Subgraph;
  /** How far the platform's clock is ahead. */
  aheadMs: number;
  ordersAreAway: boolean;
  /** Of every order. */
  orderStatus: string;
  /** How often the orders were told that money came for this one. */
  timesTold(orderId: string): number;
  charge(caller: Caller, orderId: string, paymentMethod: string, more?: { amount?: number; currency?: string }): Promise<ShownPayment>;
  pay(caller: Caller, orderId: string, paymentMethod: string, amount?: number): Promise<ShownPayment>;
  /** All that is due, by invoice. */
  record(caller: Caller, orderId: string, status: string): Promise<ShownPayment>;
  settle(caller: Caller, id: string, status: string, failureReason?: string): Promise<ShownPayment>;
  refund(caller: Caller, orderId: string): Promise<ShownPayment[]>;
  voidCharge(caller: Caller, orderId: string): Promise<ShownPayment[]>;
  closeUnpaid(caller: Caller, orderId: string): Promise<boolean>;
  statusOf(caller: Caller, id: string): Promise<string | undefined>;
  eventsOf(orderId: string): Promise<unknown[]>;
  /** As if so much time had passed, and the task had looked since. */
  later(ms: number): Promise<void>;
  settled(caller: Caller, id: string, status: string): Promise<void>;
  /** Until the provider has decided on the charge of a payment. */
  decided(id: string): Promise<void>;
  signed(type: string, key: string, secret?: string): GivenCallback;
  receive(given: GivenCallback): Promise<boolean>;
};

const FIELDS = '{ id status amount failureReason reference }';
const CHARGE = `mutation ($input: ChargeOrderInput!) { chargeOrder(input: $input) ${FIELDS} }`;
const PAY = `mutation ($input: PayOrderInput!) { payOrder(input: $input) ${FIELDS} }`;
const RECORD = `mutation ($input: RecordPaymentInput!) { recordPayment(input: $input) ${FIELDS} }`;
const SETTLE = `mutation ($input: SettleRecordedPaymentInput!) { settleRecordedPayment(input: $input) ${FIELDS} }`;
const REFUND = `mutation ($id: ID!) { refundOrder(orderId: $id, reason: "Cancelled.") ${FIELDS} }`;
const VOID = `mutation ($id: ID!) { voidCharge(orderId: $id) ${FIELDS} }`;
const CLOSE = 'mutation ($id: ID!) { closeUnpaidOrder(orderId: $id) }';
const ONE = `query ($id: ID!) { payment(id: $id) ${FIELDS} }`;
const RECEIVE = `mutation ($provider: String!, $headers: [ProviderHeader!]!, $body: String!) {
  receiveProviderCallback(provider: $provider, headers: $headers, body: $body)
}`;
type Answer = {
  chargeOrder: ShownPayment;
  payOrder: ShownPayment;
  recordPayment: ShownPayment;
  settleRecordedPayment: ShownPayment;
  refundOrder: ShownPayment[];
  voidCharge: ShownPayment[];
  closeUnpaidOrder: boolean;
  payment: ShownPayment | null;
  receiveProviderCallback: boolean;
};

export async function openTill(): Promise<Till> {
  await using opened = new AsyncDisposableStack();
  const told: unknown[] = [];
  const graph: GraphClient = {
    async execute<Data>(document: string, { id, orderId }: Readonly<Record<string, unknown>>) {
      const isTelling = document.includes('confirmPaidOrder');
      if (isTelling && till.ordersAreAway) throw new AppError('SERVICE_UNAVAILABLE');
      if (isTelling) told.push(orderId);
      return { order: { id, currency: 'USD', total: 2_500, status: till.orderStatus }, confirmPaidOrder: true } as Data;
    },
  };
  const database = opened.use(await createTestDatabase());
  const sandbox = opened.use(await startSandbox());
  const now = (): Date => new Date(Date.now() + till.aheadMs);
  const payments = opened.use(
    await start({ ...testSettings(database.url, 6), provider: sandbox.config }, { graph, logger: silentLogger, now }),
  );
  const ask = (caller: Caller, source: string, variables: object): Promise<Answer> =>
    askSubgraph<Answer>(payments, caller, source, { ...variables });
  const running = opened.move();
  const till: Till = {
    sandbox,
    payments,
    aheadMs: 0,
    ordersAreAway: false,
    orderStatus: 'pending',
    timesTold: (orderId) => told.filter((id) => id === orderId).length,
    async charge(caller, orderId, paymentMethod, more = {}) {
      return (await ask(caller, CHARGE, { input: { orderId, amount: 2_500, currency: 'USD', paymentMethod, ...more } })).chargeOrder;
    },
    async pay(caller, orderId, paymentMethod, amount) {
      return (await ask(caller, PAY, { input: { orderId, paymentMethod, amount } })).payOrder;
    },
    async record(caller, orderId, status) {
      return (await ask(caller, RECORD, { input: { orderId, amount: 2_500, currency: 'USD', method: 'invoice', status } })).recordPayment;
    },
    async settle(caller, id, status, failureReason) {
      return (await ask(caller, SETTLE, { input: { id, status, failureReason } })).settleRecordedPayment;
    },
    refund: async (caller, id) => (await ask(caller, REFUND, { id })).refundOrder,
    voidCharge: async (caller, id) => (await ask(caller, VOID, { id })).voidCharge,
    closeUnpaid: async (caller, id) => (await ask(caller, CLOSE, { id })).closeUnpaidOrder,
    statusOf: async (caller, id) => (await ask(caller, ONE, { id })).payment?.status,
    async eventsOf(orderId) {
      const rows = await payments.database.run('select type from payments.outbox where aggregate_id = $1 order by position', [orderId]);
      return rows.map(({ type }) => type);
    },
    async later(ms) {
      till.aheadMs += ms;
      await Promise.all([1, 2, 3].map(() => payments.runTask('settle-payments')));
    },
    settled: (caller, id, status) => expect.poll(() => till.statusOf(caller, id)).toBe(status),
    decided: (id) => expect.poll(async () => (await sandbox.charges(id))[0]?.status).not.toBe('pending'),
    signed: (type, key, secret = sandbox.config.SANDBOX_CALLBACK_SECRET) => signedCallback({ type, key, secret, at: now() }),
    async receive(given) {
      return (await ask(testCaller(['payments:write'], { accountId: 'none' }), RECEIVE, given)).receiveProviderCallback;
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
  return till;
}

function signedCallback({ type, key, secret, at }: { type: string; key: string; secret: string; at: Date }): GivenCallback {
  const id = newId('event');
  const body = JSON.stringify({ id, type, data: { idempotencyKey: key } });
  const timestamp = String(Math.floor(at.getTime() / 1_000));
  const signature = `v1,${createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  const headers = { 'Webhook-Id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature };
  return {
    provider: 'sandbox',
    headers: Object.entries(headers).map(([name, value]) => ({ name, value })),
    body: Buffer.from(body).toString('base64'),
  };
}
