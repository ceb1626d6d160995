// A stack whose catalogue has 25 products that differ in everything a list can be asked for, and lists of them.
import { expect } from 'vitest';
import type { Reply } from './send.ts';
import { openShop, type Shop } from './shop.ts';
import { type Stack, startStack, type Topology } from './start-stack.ts';

export type Product = { id: string; sku: string; name: string; price: number; status: string; createdAt: string };
export type Page = {
  data: Product[];
  pagination: { page: number; perPage: number; total: number; totalPages: number; nextCursor: string | null; prevCursor: string | null };
};

export type Catalogue = AsyncDisposable & {
  readonly stack: Stack;
  readonly shop: Shop;
  /** By SKU, which is the order they were made in: `P-00` to `P-24`. The first three are drafts. */
  readonly all: readonly Product[];
  get(query: string, headers?: Record<string, string>): Promise<Reply>;
  /** Expects 200. */
  list(query: string): Promise<Page>;
  /** Expects a VALIDATION_ERROR and answers what it says of each field. */
  detailsOf(query: string): Promise<Record<string, string>>;
};

const CATALOGUE_SIZE = 25;
export const skus = (page: Page): string[] => page.data.map(({ sku }) => sku);

export async function openCatalogue(topology: Topology): Promise<Catalogue> {
  const stack = await startStack({ topology, shared: true });
  const shop = await openShop(stack);
  for (let i = 0; i < CATALOGUE_SIZE; i += 1) {
    await shop.product({
      sku: `P-${String(i).padStart(2, '0')}`,
      name: `Name ${i % 5}`,
      price: 10 + i,
      category: i % 2 ? 'odd' : 'even',
      status: i < 3 ? 'draft' : 'active',
    });
  }
  const get = (query: string, headers: Record<string, string> = {}): Promise<Reply> =>
    shop.call('GET', `/api/v1/products${query === '' ? '' : `?${query}`}`, undefined, { headers });
  const list = async (query: string): Promise<Page> => {
    const reply = await get(query);
    expect([reply.status, reply.text.slice(0, 200)]).toEqual([200, expect.any(String)]);
    return reply.body as Page;
  };
  return {
    stack,
    shop,
    all: (await list('perPage=100&sort=sku')).data,
    get,
    list,
    async detailsOf(query) {
      const reply = await get(query);
      const { error } = reply.body as { error: { code: string; details: Record<string, string> } };
      expect([reply.status, error.code]).toEqual([400, 'VALIDATION_ERROR']);
      return error.details;
    },
    [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
  };
}
