// Half a year of trade: more orders lately than long ago, old ones delivered, young ones on their way.

import type { DemoCustomer } from './demo-customers.ts';
import type { DemoProduct } from './demo-products.ts';
import { pastId } from './past-id.ts';
import type { Random } from './random.ts';

export type OrderStatus = 'pending' | 'confirmed' | 'processing' | 'shipped' | 'delivered' | 'cancelled' | 'refunded';
export type DemoLine = { id: string; position: number; productId: string; sku: string; name: string; quantity: number; unitPrice: number };
export type DemoPayment = {
  id: string;
  amount: number;
  status: 'pending' | 'succeeded' | 'failed' | 'refunded';
  method: 'card' | 'bank_transfer' | 'invoice';
  failureReason: string | null;
  createdAt: Date;
  updatedAt: Date;
};
export type DemoOrder = {
  id: string;
  customer: BuyingCustomer;
  status: OrderStatus;
  lines: DemoLine[];
  payments: DemoPayment[];
  /** Minor units of `currency`. */
  total: number;
  currency: string;
  currencyDigits: number;
  cancelReason: string | null;
  createdAt: Date;
  updatedAt: Date;
};

export type BuyingCustomer = Pick<DemoCustomer, 'id' | 'address'>;
export type SoldProduct = Pick<DemoProduct, 'id' | 'sku' | 'name' | 'price' | 'currency' | 'currencyDigits'>;

const DAY_MS = 86_400_000;
const OLDEST_DAYS = 180;
const CANCEL_REASONS = ['Ordered by mistake', 'Found it elsewhere', 'Delivery takes too long', 'Payment did not go through'] as const;
const FAILURE_REASONS = ['card_declined', 'insufficient_funds', 'expired_card'] as const;

type StatusWeights = Readonly<Record<OrderStatus, number>>;
/** Weights of the statuses by age: an order that is weeks old is no longer being packed. */
const STATUS_BY_AGE: readonly { olderThanDays: number; weights: StatusWeights }[] = [
  { olderThanDays: 14, weights: { pending: 0, confirmed: 0, processing: 0, shipped: 1, delivered: 88, cancelled: 7, refunded: 4 } },
  { olderThanDays: 5, weights: { pending: 0, confirmed: 2, processing: 6, shipped: 38, delivered: 44, cancelled: 8, refunded: 2 } },
];
const STATUS_OF_YOUNG: StatusWeights = { pending: 18, confirmed: 24, processing: 28, shipped: 20, delivered: 2, cancelled: 7, refunded: 1 };

/** Endless; products must not be empty, and an order is of one currency. */
export function* demoOrders(
  customers: readonly [BuyingCustomer, ...BuyingCustomer[]],
  products: readonly [SoldProduct, ...SoldProduct[]],
  now: Date,
  random: Random,
): Generator<DemoOrder, never> {
  const byCurrency = Map.groupBy(products, ({ currency }) => currency);
  for (;;) {
    // The square of a uniform number lies near zero: most orders are young.
    const ageMs = Math.floor(random.next() ** 2 * OLDEST_DAYS * DAY_MS);
    const createdAt = new Date(now.getTime() - ageMs);
    const first = random.pick(products);
    const status = statusAt(ageMs, random);
    const lines = linesOf(first, byCurrency.get(first.currency) ?? [], createdAt, random);
    const total = lines.reduce((sum, { unitPrice, quantity }) => sum + unitPrice * quantity, 0);
    const updatedAt =
      status === 'pending' ? createdAt : new Date(createdAt.getTime() + Math.floor(random.next() * Math.min(ageMs, 10 * DAY_MS)));
    yield {
      id: pastId('order', createdAt.getTime(), random),
      customer: random.pick(customers),
      status,
      lines,
      payments: paymentsOf(status, total, createdAt, updatedAt, random),
      total,
      currency: first.currency,
      currencyDigits: first.currencyDigits,
      cancelReason: status === 'cancelled' ? random.pick(CANCEL_REASONS) : null,
      createdAt,
      updatedAt,
    };
  }
}

function statusAt(ageMs: number, random: Random): OrderStatus {
  const row = STATUS_BY_AGE.find(({ olderThanDays }) => ageMs >= olderThanDays * DAY_MS);
  return random.weighted(row?.weights ?? STATUS_OF_YOUNG);
}

function linesOf(first: SoldProduct, sameCurrency: readonly SoldProduct[], createdAt: Date, random: Random): DemoLine[] {
  const chosen = new Set([first]);
  for (let more = Number(random.weighted({ 0: 40, 1: 30, 2: 20, 3: 10 })); more > 0; more--) {
    chosen.add(sameCurrency[random.int(0, sameCurrency.length - 1)] ?? first);
  }
  return [...chosen].map(({ id, sku, name, price }, position) => ({
    id: pastId('orderLine', createdAt.getTime(), random),
    position,
    productId: id,
    sku,
    name,
    quantity: Number(random.weighted({ 1: 70, 2: 20, 3: 7, 6: 3 })),
    unitPrice: price,
  }));
}

function paymentsOf(status: OrderStatus, amount: number, createdAt: Date, updatedAt: Date, random: Random): DemoPayment[] {
  const payment = (paid: DemoPayment['status'], at: Date, changedAt = at): DemoPayment => ({
    id: pastId('payment', at.getTime(), random),
    amount,
    status: paid,
    method: random.weighted({ card: 80, bank_transfer: 15, invoice: 5 }),
    failureReason: paid === 'failed' ? random.pick(FAILURE_REASONS) : null,
    createdAt: at,
    updatedAt: changedAt,
  });
  if (status === 'pending') return random.next() < 0.5 ? [payment('pending', createdAt)] : [];
  if (status === 'cancelled') return random.next() < 0.5 ? [payment('failed', createdAt)] : [];
  if (status === 'refunded') return [payment('refunded', createdAt, updatedAt)];
  return random.next() < 0.04 ? [payment('failed', createdAt), payment('succeeded', updatedAt)] : [payment('succeeded', createdAt)];
}
