// Both versions of the contract over one graph: the same question has the same answer, said in other words.
import { currencyDigits } from '@portico/contracts/money';
import { V2 } from '@portico/mesh/contracts/conventions';
import { customer } from '@portico/mesh/contracts/v1/customers';
import { order } from '@portico/mesh/contracts/v1/orders';
import { product } from '@portico/mesh/contracts/v1/products';
import { v1 } from '@portico/mesh/contracts/v1/version';
import type { Resource } from '@portico/mesh/rest/declare/resource';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openShop, type Shop } from '../../stack/shop.ts';
import { type Stack, startStack } from '../../stack/start-stack.ts';

type Shown = Readonly<Record<string, unknown>>;

let stack: Stack;
let shop: Shop;
const ids: Record<string, string> = {};

beforeAll(async () => {
  stack = await startStack({ topology: 'all-in-one', shared: true });
  shop = await openShop(stack);
  const address = { street: '1 Main St', city: 'Paris', zip: '75001', country: 'FR' };
  ids.customerId = (await shop.customer({ address })).id;
  // Of two digits, of none, of three.
  for (const [currency, price] of [
    ['USD', 29.9],
    ['JPY', 1200],
    ['KWD', 1.005],
  ] as const) {
    const { id, sku } = await shop.stocked(50, { currency, price, name: `Mug in ${currency}` });
    const lines = [{ productId: id, quantity: 3 }];
    ids.orderId = (await shop.order(lines, { customerId: ids.customerId, shippingAddress: address, paymentMethod: 'tok_visa' })).id;
    Object.assign(ids, { productId: id, sku });
  }
  const payments = await shop.data<{ id: string }[]>(200, 'GET', `/api/v1/orders/${ids.orderId}/payments`);
  ids.paymentId = payments[0]?.id ?? '';
});
afterAll(() => stack?.[Symbol.asyncDispose]());

/** What version 1 showed, as version 2 has to show it; found by looking at every value, as no version does. */
function inVersion2(resource: Resource, shown: unknown, currency = 'USD'): unknown {
  if (Array.isArray(shown)) return shown.map((one) => inVersion2(resource, one, currency));
  if (shown === null || shown === undefined) return shown;
  const own = (shown as Shown).currency ?? currency;
  return Object.fromEntries(
    Object.entries(shown as Shown).map(([name, value]) => {
      const field = resource.fields.get(name);
      const said = V2.name(name, resource.name);
      if (field?.kind === 'object') return [said, inVersion2(field.resource(), value, String(own))];
      const isAmount = field?.asText !== undefined && typeof value === 'number';
      return [said, isAmount ? value.toFixed(currencyDigits(String(own))) : value];
    }),
  );
}

async function dataOf(prefix: string, path: string, query: string): Promise<unknown> {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name) => encodeURIComponent(ids[name] ?? ''));
  return shop.data(200, 'GET', `${prefix}${filled}${query === '' ? '' : `?${query}`}`);
}

function resourceAt(path: string): Resource {
  const route = v1.routes.find((one) => one.method === 'GET' && one.path === path);
  if (route === undefined || route.kind === 'custom') throw new Error(`Nothing is declared at ${path}.`);
  return route.resource;
}

it.each([
  ['/orders', 'limit=100', 'limit=100'],
  [
    '/orders',
    'limit=9&fields=id,total,currency,items.unitPrice,items.product.name,customer.email,shippingAddress.zip',
    'limit=9&fields=order_id,total_amount,currency,items.unit_price,items.product.name,customer.email,shipping_address.postal_code',
  ],
  ['/orders', 'limit=2&sort=total,createdAt&order=desc,asc', 'limit=2&sort=total_amount,created_at&order=desc,asc'],
  // A key that is a time is wanted newest first.
  ['/orders', 'limit=3&sort=updatedAt', 'sort=updated_at&limit=3'],
  ['/orders', 'cursor=&totalMin=20&totalMax=100', 'total_amount_min=20&total_amount_max=100'],
  ['/orders', 'cursor=&createdAfter=2020-01-01&createdBefore=2020-01-02', 'created_after=2020-01-01&created_before=2020-01-02'],
  ['/orders', 'limit=5&expand=customer,payments,items.product', 'limit=5&expand=customer,payments,items.product'],
  ['/products', 'limit=5&sort=price&expand=inventory', 'limit=5&sort=price&expand=inventory'],
  ['/products', 'limit=5&priceMin=2&q=mug', 'limit=5&price_min=2&q=mug'],
  ['/customers', 'limit=5', 'limit=5'],
  ['/inventory', 'limit=5&lowStock=false&availableMin=1&expand=product', 'limit=5&low_stock=false&available_min=1&expand=product'],
  ['/orders/{orderId}/payments', 'cursor=&expand=order', 'expand=order'],
  ['/orders/{orderId}', 'expand=customer,payments,items.product', 'expand=customer,payments,items.product'],
  ['/products/{productId}', '', ''],
  ['/customers/{customerId}', '', ''],
  ['/inventory/{sku}', 'expand=product', 'expand=product'],
  ['/payments/{paymentId}', '', ''],
])('%s?%s is answered alike', async (path, first, second) => {
  const shown = await dataOf('/api/v1', path, first);
  expect(await dataOf('/api/v2', path, second)).toEqual(inVersion2(resourceAt(path), shown));
});

const LISTS = ['/orders', '/products', '/customers', '/inventory', '/orders/{orderId}/payments', '/webhooks'];
const fields = LISTS.flatMap((path) => [...resourceAt(path).fields.keys()].map((field) => ({ path, field })));

it.each(fields)('$field of $path alone is answered alike', async ({ path, field }) => {
  const resource = resourceAt(path);
  const more = resource.fields.has('currency') && field !== 'currency' ? ',currency' : '';
  const shown = await dataOf('/api/v1', path, `limit=5&fields=${field}${more}`);
  const said = V2.name(field, resource.name);
  expect(await dataOf('/api/v2', path, `limit=5&fields=${said}${more}`)).toEqual(inVersion2(resource, shown));
});

it('a search and an export are answered alike', async () => {
  const kinds = { products: product, customers: customer, orders: order };
  const [found, said] = (await Promise.all(['/api/v1', '/api/v2'].map((prefix) => dataOf(prefix, '/search', 'q=mug')))) as Shown[];
  const expected = Object.entries(kinds).map(([kind, resource]) => {
    const { total, items } = (found as Record<string, { total: number; items: Shown[] }>)[kind] ?? { total: 0, items: [] };
    return [kind, { total, items: inVersion2(resource, items) }];
  });
  expect(said).toEqual(Object.fromEntries(expected));
  expect(said).toMatchObject({ products: { total: 3 } });

  const [exported, saidExport] = (await Promise.all(
    ['/api/v1', '/api/v2'].map((prefix) => dataOf(prefix, '/customers/{customerId}/export', '')),
  )) as Shown[];
  expect(saidExport).toEqual({ customer: inVersion2(customer, exported?.customer), orders: inVersion2(order, exported?.orders) });
});

it('a walk by cursor meets the same resources', async () => {
  const walk = async (prefix: string, name: string): Promise<unknown[]> => {
    const met: unknown[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const reply = await shop.call('GET', `${prefix}/orders?limit=1&cursor=${encodeURIComponent(cursor)}`);
      const { data, pagination } = reply.body as { data: Shown[]; pagination: Record<string, string | null> };
      met.push(...data.map((one) => Object.values(one)[0]));
      cursor = pagination[name] ?? null;
    }
    return met;
  };
  const met = await walk('/api/v2', 'next_cursor');
  expect(met).toEqual(await walk('/api/v1', 'nextCursor'));
  expect(met).toHaveLength(3);
});
