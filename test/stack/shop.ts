// A shop to test with: a key of a new account, and customers, products and stock made through the public API.
import { expect } from 'vitest';
import type { Key, KeyOptions } from './credentials.ts';
import { type Reply, type RequestOptions, send } from './send.ts';
import type { Stack } from './start-stack.ts';

export type Shop = {
  readonly key: Key;
  call(method: string, target: string, body?: unknown, options?: RequestOptions): Promise<Reply>;
  /** The same, failing the test unless the status is the expected one; answers `data`. */
  data<Data>(status: number, method: string, target: string, body?: unknown, options?: RequestOptions): Promise<Data>;
  customer(given?: Readonly<Record<string, unknown>>): Promise<{ id: string }>;
  product(given?: Readonly<Record<string, unknown>>): Promise<{ id: string; sku: string; price: number }>;
  /** A product with stock. */
  stocked(quantity: number, given?: Readonly<Record<string, unknown>>): Promise<{ id: string; sku: string; price: number }>;
  order(
    items: { productId: string; quantity: number }[],
    given?: Readonly<Record<string, unknown>>,
  ): Promise<{ id: string; total: number; status: string }>;
};

let counter = 0;

export async function openShop(stack: Stack, options?: KeyOptions): Promise<Shop> {
  const key = await stack.key(options);
  const call: Shop['call'] = (method, target, body, given) => send(stack, method, target, { key, body, ...given });
  const data: Shop['data'] = async <Data>(status: number, method: string, target: string, body?: unknown, given?: RequestOptions) => {
    const reply = await call(method, target, body, given);
    expect({ status: reply.status, text: reply.text }).toEqual({ status, text: expect.anything() });
    return (reply.body as { data: Data }).data;
  };
  const unique = (): string => {
    counter += 1;
    return `${Date.now().toString(36)}${counter.toString(36)}`;
  };
  const customer: Shop['customer'] = (given) =>
    data(201, 'POST', '/api/v1/customers', { email: `c${unique()}@example.com`, name: 'Ada Lovelace', ...given });
  const product: Shop['product'] = (given) =>
    data(201, 'POST', '/api/v1/products', { sku: `SKU-${unique()}`, name: 'Blue mug', price: 29.99, currency: 'USD', ...given });
  return {
    key,
    call,
    data,
    customer,
    product,
    async stocked(quantity, given) {
      const made = await product(given);
      await data(201, 'POST', '/api/v1/inventory', { sku: made.sku, quantity });
      return made;
    },
    async order(items, given) {
      const customerId = given?.customerId ?? (await customer()).id;
      return data(201, 'POST', '/api/v1/orders', { customerId, items, ...given });
    },
  };
}
