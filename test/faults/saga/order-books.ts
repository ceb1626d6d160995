// What database and provider say of one order when everything has settled, and what is wrong with it.
import type { StartedSubgraphs } from '@portico/local/start/start-subgraphs';
import type { Charge } from '@portico/sandbox-provider/books/ledger';
import type { Row } from '@portico/service-kit/reads/reads';
import { allTenants } from '@portico/service-kit/sql/tenancy-gate';
import { QUANTITY, type ShopRequest } from './shop-request.ts';

export type Books = {
  /** `lines`: what they add up to. */
  readonly order: { status: string; total: number; lines: number } | undefined;
  /** The word of the inventory, and the pieces it has reserved. */
  readonly hold: string | undefined;
  readonly reserved: number;
  readonly payments: readonly { status: string; reference: string | null }[];
  readonly charges: readonly Charge[];
  readonly events: readonly string[];
};

export async function readBooks(
  { subgraphs: { orders, inventory, payments } }: StartedSubgraphs,
  { orderId, productId }: ShopRequest,
  charges: readonly Charge[],
): Promise<Books> {
  const ask = (subgraph: typeof orders, text: string, id = orderId): Promise<Row[]> =>
    subgraph.database.run(`${allTenants('the books of a test')}${text}`, [id]);
  const [order] = await ask(
    orders,
    `select o.status, o.total::int, (select sum(quantity * unit_price)::int from orders.order_line l where l.order_id = o.id) as lines
     from orders."order" o where o.id = $1`,
  );
  const [hold] = await ask(inventory, 'select status from inventory.stock_hold where id = $1');
  const [item] = await ask(inventory, 'select reserved from inventory.inventory_item where product_id = $1', productId);
  const events = [orders, payments].map((subgraph) =>
    ask(subgraph, `select type from ${subgraph.name}.outbox where aggregate_id = $1 order by position`),
  );
  return {
    order: order as Books['order'],
    hold: hold?.status as string | undefined,
    reserved: Number(item?.reserved),
    payments: (await ask(payments, 'select status, reference from payments.payment where order_id = $1')) as Books['payments'][number][],
    charges,
    events: (await Promise.all(events)).flat().map(({ type }) => String(type)),
  };
}

/** What must not be, in sentences; empty when all is well. Of an order that is paid later, being unpaid is no fault. */
export function faultsOf(books: Books, { isPaidLater }: { isPaidLater: boolean }): string[] {
  const { order, hold, reserved, payments, charges, events } = books;
  const standing = charges.filter(({ status, amount, refunded }) => status !== 'failed' && refunded < amount);
  const holds = order?.status === 'confirmed' || order?.status === 'pending';
  const isPaid = payments.some(({ status }) => status === 'succeeded');
  const rules: readonly (readonly [boolean, string])[] = [
    [charges.length <= 1, `the provider has ${charges.length} charges for it`],
    [new Set(events).size === events.length, `an event was said twice: ${events}`],
    [payments.every(({ status }) => status !== 'pending'), 'a payment is still open'],
    [holds === (hold === 'held'), `it is ${order?.status ?? 'no order'} and its stock ${hold ?? 'was never asked for'}`],
    [reserved === (holds ? QUANTITY : 0), `${reserved} pieces are reserved`],
    [standing.length === (order?.status === 'confirmed' ? 1 : 0), `it is ${order?.status ?? 'no order'} with ${standing.length} charges`],
    [order?.status !== 'pending' || (isPaidLater && !isPaid), `it is pending and ${isPaid ? 'paid' : 'waits for nothing'}`],
    [order === undefined || order.total === order.lines, 'its lines do not add up to its total'],
    [standing.every(({ amount }) => amount === order?.total), 'it was not charged what it costs'],
    [
      standing.every(({ id }) => payments.some(({ status, reference }) => status === 'succeeded' && reference === id)),
      'a charge has no payment',
    ],
    [events.includes('order.created') === (order !== undefined), `it is ${order?.status ?? 'no order'} and was announced as ${events}`],
    [order?.status !== 'confirmed' || events.includes('payment.received'), 'its payment was not announced'],
    [events.includes('order.cancelled') === (order?.status === 'cancelled'), `it is ${order?.status}, and announced as ${events}`],
  ];
  return rules.flatMap(([holdsTrue, fault]) => (holdsTrue ? [] : [fault]));
}
