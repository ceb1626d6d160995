import type { Caller } from '@portico/contracts/caller';
import { newId } from '@portico/contracts/ids';
import type { GraphClient } from '@portico/service-kit/graph/graph';
import { onStatement } from '@portico/service-kit/sql/statement-log';
import type { Subgraph } from '@portico/service-kit/subgraph/start-subgraph';
import { askSubgraph, createTestDatabase, silentLogger, testCaller, testSettings } from '@portico/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { start } from './server.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let payments: Subgraph;
const orders = new Map<string, string>();
/** Which orders were told that money came. */
const told: unknown[] = [];

/** Stands for the orders subgraph behind the graph. */
const graph: GraphClient = {
  async execute<Data>(document: string, { id, orderId }: Readonly<Record<string, unknown>>) {
    if (document.includes('confirmPaidOrder')) return { confirmPaidOrder: told.push(orderId) > 0 } as Data;
    const currency = orders.get(String(id));
    return { order: currency === undefined ? null : { id, currency } } as Data;
  },
};

beforeAll(async () => {
  database = await createTestDatabase();
  payments = await start(testSettings(database.url), { graph, logger: silentLogger });
});
afterAll(async () => {
  await payments?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

type Payment = { id: string; amount: number; status: string };
type Answer = { payment: Payment | null; recordPayment: Payment; _entities: { payments: Payment[] }[] };
const ask = (caller: Caller, source: string, variables: Record<string, unknown> = {}): Promise<Answer> =>
  askSubgraph<Answer>(payments, caller, source, variables);

const RECORD = 'mutation ($input: RecordPaymentInput!) { recordPayment(input: $input) { id amount status } }';
function order(currency = 'USD'): string {
  const id = newId('order');
  orders.set(id, currency);
  return id;
}
const paidFor = (orderId: string) => ({ orderId, amount: 2500, currency: 'USD', method: 'bank_transfer', status: 'succeeded' });

describe('payments', () => {
  it('are recorded with their event and shown to their own tenant only', async () => {
    const caller = testCaller();
    const { recordPayment } = await ask(caller, RECORD, { input: paidFor(order()) });
    expect(recordPayment).toMatchObject({ amount: 2500, status: 'succeeded' });
    const one = 'query ($id: ID!) { payment(id: $id) { id amount status } }';
    expect((await ask(caller, one, { id: recordPayment.id })).payment).toEqual(recordPayment);
    expect((await ask({ ...caller, mode: 'live' }, one, { id: recordPayment.id })).payment).toBeNull();
    expect((await ask(caller, one, { id: 'pay_nothing' })).payment).toBeNull();
    const events = await payments.database.run(`select type, payload from payments.outbox where payload ->> 'id' = $1`, [recordPayment.id]);
    expect(events).toEqual([{ type: 'payment.received', payload: expect.objectContaining({ amount: 2500 }) }]);
  });

  it('that failed say why, and are an event of their own', async () => {
    const caller = testCaller();
    const input = { ...paidFor(order()), status: 'failed', failureReason: 'No funds' };
    const { recordPayment } = await ask(caller, RECORD, { input });
    const events = await payments.database.run(`select type from payments.outbox where payload ->> 'id' = $1`, [recordPayment.id]);
    expect(events).toEqual([{ type: 'payment.failed' }]);
  });

  it('that succeeded are told to the orders, others are not', async () => {
    const [paid, failed] = [order(), order()];
    await ask(testCaller(), RECORD, { input: paidFor(paid) });
    await ask(testCaller(), RECORD, { input: { ...paidFor(failed), status: 'failed', failureReason: 'No funds' } });
    expect([told.includes(paid), told.includes(failed)]).toEqual([true, false]);
  });

  it('that are pending are settled once, with the event of it, and the orders are told of money', async () => {
    const caller = testCaller();
    const settle = (by: Caller, input: object): Promise<Answer> =>
      ask(by, 'mutation ($input: SettleRecordedPaymentInput!) { settleRecordedPayment(input: $input) { id amount status reference } }', {
        input,
      });
    const [paid, unpaid] = [order(), order()];
    const [first, second] = await Promise.all(
      [paid, unpaid].map(
        async (one) => (await ask(caller, RECORD, { input: { ...paidFor(one), status: 'pending', reference: 'INV-1' } })).recordPayment.id,
      ),
    );
    expect(told.includes(paid)).toBe(false);
    const came = { id: first, status: 'succeeded' };
    expect(await settle(caller, came)).toMatchObject({ settleRecordedPayment: { status: 'succeeded', amount: 2500, reference: 'INV-1' } });
    expect(await settle(caller, { ...came, reference: 'late' })).toMatchObject({ settleRecordedPayment: { reference: 'INV-1' } });
    expect(told.filter((one) => one === paid)).toHaveLength(1);
    expect(await settle(caller, { id: second, status: 'failed', failureReason: 'Never paid', reference: 'INV-2' })).toMatchObject({
      settleRecordedPayment: { status: 'failed', reference: 'INV-2' },
    });
    expect(told.includes(unpaid)).toBe(false);
    await expect(settle(caller, { id: second, status: 'succeeded' })).rejects.toMatchObject({
      code: 'INVALID_STATE',
      details: { id: 'It is failed.' },
    });
    await expect(settle({ ...caller, mode: 'live' }, came)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(settle(caller, { id: second, status: 'pending' })).rejects.toMatchObject({
      code: 'VALIDATION_ERROR',
      details: { status: expect.any(String) },
    });
    await expect(settle(caller, { id: second, status: 'failed' })).rejects.toMatchObject({
      details: { failureReason: expect.any(String) },
    });
    const events = await payments.database.run(
      `select type, payload ->> 'id' as id from payments.outbox where payload ->> 'id' = any($1) order by position`,
      [[first, second]],
    );
    expect(events).toEqual([
      { type: 'payment.received', id: first },
      { type: 'payment.failed', id: second },
    ]);
  });

  it.each([
    [{ orderId: newId('order') }, 'orderId'],
    [{ orderId: 'order_1' }, 'orderId'],
    [{ currency: 'EUR' }, 'currency'],
    [{ amount: 0 }, 'amount'],
    [{ method: 'shells' }, 'method'],
    [{ status: 'failed' }, 'failureReason'],
    [{ failureReason: 'x' }, 'failureReason'],
    [{ status: 'refunded' }, 'status'],
  ])('refuse %j, naming %s', async (change, field) => {
    await expect(ask(testCaller(), RECORD, { input: { ...paidFor(order()), ...change } })).rejects.toMatchObject({
      code: 'VALIDATION_ERROR',
      details: { [field]: expect.any(String) },
    });
  });

  it('of many orders are one statement, newest first, none for another tenant', async () => {
    const caller = testCaller();
    const [first, second] = [order(), order()];
    const ids: string[] = [];
    for (const id of [first, second, first]) ids.push((await ask(caller, RECORD, { input: paidFor(id) })).recordPayment.id);
    const document = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Order { payments { id } } } }';
    const r = [first, second].map((id) => ({ __typename: 'Order', id }));
    const statements: string[] = [];
    // The program's own tasks speak meanwhile.
    using _ = onStatement(({ text }) => void (/^select\b.*\bpayments\.payment/s.test(text) && statements.push(text)));
    const { _entities } = await ask(caller, document, { r });
    expect(_entities).toEqual([{ payments: [{ id: ids[2] }, { id: ids[0] }] }, { payments: [{ id: ids[1] }] }]);
    expect(statements).toHaveLength(1);
    expect((await ask(testCaller(), document, { r }))._entities).toEqual([{ payments: [] }, { payments: [] }]);
  });
});
