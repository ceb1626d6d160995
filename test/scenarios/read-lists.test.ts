import { onStatement } from '@portico/service-kit/sql/statement-log';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openShop, type Shop } from '../stack/shop.ts';
import { type Reply, type Stack, startStack, TOPOLOGIES } from '../stack/start-stack.ts';

type Product = { id: string; sku: string; name: string; price: number; status: string; createdAt: string };
type Page = {
  data: Product[];
  pagination: { page: number; perPage: number; total: number; totalPages: number; nextCursor: string | null; prevCursor: string | null };
};
const BYPASS = { 'cache-control': 'no-cache' };

describe.each(TOPOLOGIES)('lists, %s', (topology) => {
  let stack: Stack;
  let shop: Shop;
  let all: Product[];
  beforeAll(async () => {
    stack = await startStack({ topology });
    shop = await openShop(stack);
    for (let i = 0; i < 25; i += 1) {
      await shop.product({
        sku: `P-${String(i).padStart(2, '0')}`,
        name: `Name ${i % 5}`,
        price: 10 + i,
        category: i % 2 ? 'odd' : 'even',
        status: i < 3 ? 'draft' : 'active',
      });
    }
    all = (await list('perPage=100&sort=sku')).data;
  });
  afterAll(() => stack?.[Symbol.asyncDispose]());

  const get = (query: string, headers: Record<string, string> = {}): Promise<Reply> =>
    shop.call('GET', `/api/v1/products${query === '' ? '' : `?${query}`}`, undefined, { headers });
  const list = async (query: string): Promise<Page> => {
    const reply = await get(query);
    expect([reply.status, reply.text.slice(0, 200)]).toEqual([200, expect.any(String)]);
    return reply.body as Page;
  };
  const skus = (page: Page): string[] => page.data.map(({ sku }) => sku);
  const detailsOf = async (query: string): Promise<Record<string, string>> => {
    const reply = await get(query);
    const { error } = reply.body as { error: { code: string; details: Record<string, string> } };
    expect([reply.status, error.code]).toEqual([400, 'VALIDATION_ERROR']);
    return error.details;
  };

  it('have pages of 20, newest first, with their neighbours in Link', async () => {
    const reply = await get('');
    const page = reply.body as Page;
    expect(page.pagination).toEqual({ page: 1, perPage: 20, total: 25, totalPages: 2 });
    expect(skus(page)).toEqual(
      all
        .map(({ sku }) => sku)
        .toReversed()
        .slice(0, 20),
    );
    const second = await get('page=2&perPage=10&status=active,draft');
    expect(second.headers.get('link')).toBe(
      ['first=1', 'prev=1', 'next=3', 'last=3']
        .map((one) => one.split('='))
        .map(([rel, n]) => `</api/v1/products?perPage=10&status=active,draft&page=${n}>; rel="${rel}"`)
        .join(', '),
    );
  });

  it('are empty past the end, and refuse a page that is no page', async () => {
    expect(await list('page=9')).toMatchObject({ data: [], pagination: { page: 9, total: 25, totalPages: 2 } });
    for (const query of ['page=0', 'page=-1', 'page=1.5', 'page=x', 'perPage=0', 'perPage=101', 'page=', 'limit=0', 'perPage=1e2']) {
      expect(Object.keys(await detailsOf(query))).toEqual([query.split('=')[0]]);
    }
    expect(await detailsOf('page=1&cursor=')).toEqual({ page: expect.stringContaining('not both') });
  });

  it('can be walked by cursor, forth and back, without losing or repeating a row', async () => {
    const forth: string[] = [];
    let query = 'limit=7&sort=name,sku&order=desc,asc';
    let last: Page | undefined;
    for (let steps = 0; query !== '' && steps < 10; steps += 1) {
      last = await list(query);
      forth.push(...skus(last));
      query = last.pagination.nextCursor === null ? '' : `limit=7&sort=name,sku&order=desc,asc&cursor=${last.pagination.nextCursor}`;
    }
    expect(forth).toEqual(skus(await list('perPage=100&sort=name,sku&order=desc,asc')));
    expect(skus(await list(`limit=7&sort=name,sku&order=desc,asc&cursor=${last?.pagination.prevCursor}`))).toEqual(forth.slice(14, 21));
    expect(Object.keys(await detailsOf(`limit=7&cursor=${last?.pagination.prevCursor}`))).toEqual(['cursor']);
    expect(Object.keys(await detailsOf('cursor=nonsense'))).toEqual(['cursor']);
  });

  it('are filtered by several values, ranges, dates and words', async () => {
    expect((await list('status=draft')).pagination.total).toBe(3);
    expect((await list('status=draft,active')).pagination.total).toBe(25);
    expect(skus(await list('priceMin=12&priceMax=13.5&sort=price'))).toEqual(['P-02', 'P-03']);
    expect((await list('category=odd&priceMin=30')).pagination.total).toBe(2);
    expect((await list('sku=P-01,P-07')).pagination.total).toBe(2);
    expect((await list('q=name%204&sort=sku')).data.map(({ name }) => name)).toEqual(new Array(5).fill('Name 4'));
    const today = new Date().toISOString().slice(0, 10);
    expect((await list(`createdAfter=${today}&createdBefore=${today}`)).pagination.total).toBe(25);
    expect((await list('createdBefore=2024-12-31')).pagination.total).toBe(0);
    const { createdAt = '' } = all[10] ?? {};
    expect((await list(`createdAfter=${createdAt}`)).pagination.total).toBe(15);
  });

  it('refuse what they do not know, name it, list what they know, and guess what was meant', async () => {
    expect((await detailsOf('statsu=active')).statsu).toMatch(/Did you mean "status"\? Allowed: .*priceMin/);
    expect((await detailsOf('sort=prise')).sort).toMatch(/Did you mean "price"\? Allowed: createdAt/);
    expect((await detailsOf('fields=id,nmae')).fields).toMatch(/"nmae" is not known. Did you mean "name"\?/);
    expect((await detailsOf('fields=inventory.avail')).fields).toMatch(/"inventory.avail"/);
    expect((await detailsOf('status=active&status=draft')).status).toMatch(/more than once/);
    expect((await detailsOf('status=gone')).status).toMatch(/"gone" is not one of/);
    expect((await detailsOf('priceMin=ten')).priceMin).toMatch(/decimal/);
    expect((await detailsOf('createdAfter=2026-02-30')).createdAfter).toMatch(/date/);
    expect((await detailsOf('order=up')).order).toMatch(/asc or desc/);
    expect(Object.keys(await detailsOf('__proto__=1&constructor=2'))).toEqual(['__proto__', 'constructor']);
    expect((await get('q=%E0%A4%A')).status).toBe(400);
    expect((await get(`q=${'x'.repeat(5_000)}`)).status).toBe(400);
  });

  it('show exactly the asked fields, in one order, nested and across subgraphs', async () => {
    const { id, sku } = await shop.stocked(7, { name: 'Stocked' });
    const page = await list(`fields=name,inventory.available,id,id&sku=${sku}`);
    expect(page.data).toEqual([{ id, name: 'Stocked', inventory: { available: 7 } }]);
    const { inventory } = (await list(`expand=inventory&sku=${sku}`)).data[0] as unknown as { inventory: object };
    expect(inventory).toMatchObject({ sku, quantity: 7, lowStock: false });
    expect((await list('sku=P-01')).data[0]).not.toHaveProperty('inventory');
    await shop.order([{ productId: id, quantity: 2 }]);
    const orders = (await shop.call('GET', `/api/v1/orders?productId=${id}&fields=total,customer.name,items.product.name`)).body as {
      data: unknown[];
    };
    expect(orders.data).toEqual([{ total: 59.98, customer: { name: 'Ada Lovelace' }, items: [{ product: { name: 'Stocked' } }] }]);
  });

  it('answer 304 to who has them already, and never an old list after a write', async () => {
    const first = await get('perPage=3&fields=id');
    const etag = first.headers.get('etag') ?? '';
    expect((await get('perPage=3&fields=id', { 'if-none-match': `"other", W/${etag}` })).status).toBe(304);
    await get('perPage=3&fields=id');
    expect((await get('perPage=3&fields=id')).headers.get('x-cache')).toBe('hit');
    for (let i = 0; i < 20; i += 1) {
      const { id } = await shop.product();
      const after = await get('perPage=1&fields=id');
      expect((after.body as Page).data).toEqual([{ id }]);
    }
    expect((await get('perPage=3&fields=id', { 'if-none-match': etag })).status).toBe(200);
  });

  it('are the same for HEAD, without a body', async () => {
    const [got, head] = await Promise.all([get('fields=id'), shop.call('HEAD', '/api/v1/products?fields=id')]);
    expect([head.status, head.text, head.headers.get('etag')]).toEqual([200, '', got.headers.get('etag')]);
    expect(Number(head.headers.get('content-length'))).toBe(got.text.length);
  });

  // Only in one process can the statements be seen.
  it.runIf(topology === 'all-in-one')(
    'cost one statement per subgraph, one more for a total that must be counted, and no column that was not asked for',
    async () => {
      const statementsOf = async (query: string): Promise<string[]> => {
        const texts: string[] = [];
        using _ = onStatement(({ text }) => texts.push(text));
        await get(query, BYPASS);
        return texts;
      };
      await shop.product();
      const cold = await statementsOf('fields=id');
      expect(cold).toHaveLength(2);
      expect(cold[0]).toMatch(/^select t\.id as "id", \(select coalesce\(sum\(v\.version\).* from products\.product t/);
      expect(cold[0]).not.toMatch(/t\.(?:name|sku|price|description)/);
      expect(await statementsOf('fields=id')).toHaveLength(1);
      const join = await statementsOf('fields=name,inventory.available');
      expect(join).toHaveLength(2);
      expect(join[1]).toMatch(
        /^select \(t\.quantity - t\.reserved\) as "available", t\.product_id as "productId" from inventory\.inventory_item/,
      );
      expect(await statementsOf('fields=id&limit=5')).toHaveLength(1);
    },
  );
});
