// What an order costs is what the catalogue says now; what the buyer saw is only compared with it.
import { asService } from '@portico/contracts/caller';
import { AppError, invalid } from '@portico/contracts/errors';
import { isId } from '@portico/contracts/ids';
import { currencyDigits, toDecimal } from '@portico/contracts/money';
import { addressInput } from '@portico/service-kit/address';
import { parseInput } from '@portico/service-kit/parse-input';
import type { SubgraphContext } from '@portico/service-kit/subgraph/context';
import { z } from 'zod';

export const notesInput = z.string().max(2_000).nullish();

const input = z.object({
  customerId: z.string(),
  items: z
    .array(z.object({ productId: z.string(), quantity: z.int().min(1).max(999), price: z.number().min(0).nullish() }))
    .min(1)
    .max(100),
  shippingAddress: addressInput.nullish(),
  notes: notesInput,
  paymentMethod: z.string().trim().min(1).max(200).nullish(),
});
type Input = z.output<typeof input>;

export type PricedLine = { productId: string; sku: string; name: string; quantity: number; unitPrice: number };
export type Draft = Pick<Input, 'customerId' | 'shippingAddress' | 'notes' | 'paymentMethod'> & {
  lines: PricedLine[];
  /** Minor units of `currency`. */
  total: number;
  currency: string;
  currencyDigits: number;
};

const CATALOGUE = `query PriceOrder($customerId: ID!, $ids: [ID!]!) {
  customer(id: $customerId) { id status }
  products(filter: { ids: $ids }, page: { number: 1, size: 100 }) { items { id sku name price currency status } }
}`;
type Product = { id: string; sku: string; name: string; price: number; currency: string; status: string };
type Catalogue = { customer: { id: string; status: string } | null; products: { items: Product[] } };

/** Prices an order. INVALID_CUSTOMER, or VALIDATION_ERROR naming each item that cannot be sold as it is asked for. */
export async function priceOrder(context: SubgraphContext, given: unknown): Promise<Draft> {
  const { customerId, items, shippingAddress, notes, paymentMethod } = parseInput(input, given);
  if (!isId('customer', customerId)) throw invalidCustomer(customerId);
  const ids = [...new Set(items.map(({ productId }) => productId))];
  const catalogue = await context.graph.execute<Catalogue>(
    CATALOGUE,
    { customerId, ids },
    asService(context.caller, 'orders', ['customers:read', 'products:read']),
  );
  if (catalogue.customer?.status !== 'active') throw invalidCustomer(customerId);
  const products = new Map(catalogue.products.items.map((product) => [product.id, product]));
  const lines = priceLines(items, products);
  const total = lines.reduce((sum, { unitPrice, quantity }) => sum + unitPrice * quantity, 0);
  const currency = products.get(items[0]?.productId ?? '')?.currency ?? '';
  if (!Number.isSafeInteger(total)) throw invalid({ items: 'The total is too large.' });
  return { customerId, shippingAddress, notes, paymentMethod, lines, total, currency, currencyDigits: currencyDigits(currency) ?? 2 };
}

function priceLines(items: Input['items'], products: ReadonlyMap<string, Product>): PricedLine[] {
  const problems: Record<string, string> = {};
  const currency = products.get(items[0]?.productId ?? '')?.currency;
  const lines = items.flatMap(({ productId, quantity, price }, i): PricedLine[] => {
    const product = products.get(productId);
    if (product === undefined || product.status !== 'active') {
      problems[`items[${i}].productId`] = product === undefined ? 'There is no such product.' : `The product is ${product.status}.`;
      return [];
    }
    const known = toDecimal(product.price, product.currency);
    if (typeof price === 'number' && price !== known) problems[`items[${i}].price`] = `The price is ${known} ${product.currency}.`;
    if (product.currency !== currency)
      problems[`items[${i}].productId`] = `It is sold in ${product.currency}, the first item in ${currency}.`;
    return [{ productId, sku: product.sku, name: product.name, quantity, unitPrice: product.price }];
  });
  if (Object.keys(problems).length > 0) throw invalid(problems);
  return lines;
}

function invalidCustomer(id: string): AppError {
  return new AppError('INVALID_CUSTOMER', undefined, {
    details: { customerId: `There is no active customer ${JSON.stringify(id.slice(0, 64))}.` },
  });
}
