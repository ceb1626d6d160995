import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Catalogue, openCatalogue, type Page, skus } from '../../stack/catalogue.ts';
import { TOPOLOGIES } from '../../stack/start-stack.ts';

describe.each(TOPOLOGIES)('the pages of a list, %s', (topology) => {
  let catalogue: Catalogue;
  beforeAll(async () => {
    catalogue = await openCatalogue(topology);
  });
  afterAll(() => catalogue?.[Symbol.asyncDispose]());

  it('have pages of 20, newest first, with their neighbours in Link', async () => {
    const reply = await catalogue.get('');
    const page = reply.body as Page;
    expect(page.pagination).toEqual({ page: 1, perPage: 20, total: 25, totalPages: 2 });
    expect(skus(page)).toEqual(
      catalogue.all
        .map(({ sku }) => sku)
        .toReversed()
        .slice(0, 20),
    );
    const second = await catalogue.get('page=2&perPage=10&status=active,draft');
    expect(second.headers.get('link')).toBe(
      ['first=1', 'prev=1', 'next=3', 'last=3']
        .map((one) => one.split('='))
        .map(([rel, n]) => `</api/v1/products?perPage=10&status=active,draft&page=${n}>; rel="${rel}"`)
        .join(', '),
    );
  });

  it('are empty past the end, and refuse a page that is no page', async () => {
    expect(await catalogue.list('page=9')).toMatchObject({ data: [], pagination: { page: 9, total: 25, totalPages: 2 } });
    for (const query of ['page=0', 'page=-1', 'page=1.5', 'page=x', 'perPage=0', 'perPage=101', 'page=', 'limit=0', 'perPage=1e2']) {
      expect(Object.keys(await catalogue.detailsOf(query))).toEqual([query.split('=')[0]]);
    }
    expect(await catalogue.detailsOf('page=1&cursor=')).toEqual({ page: expect.stringContaining('not both') });
  });

  it('can be walked by cursor, forth and back, without losing or repeating a row', async () => {
    const forth: string[] = [];
    let query = 'limit=7&sort=name,sku&order=desc,asc';
    let last: Page | undefined;
    for (let steps = 0; query !== '' && steps < 10; steps += 1) {
      last = await catalogue.list(query);
      forth.push(...skus(last));
      query = last.pagination.nextCursor === null ? '' : `limit=7&sort=name,sku&order=desc,asc&cursor=${last.pagination.nextCursor}`;
    }
    expect(forth).toEqual(skus(await catalogue.list('perPage=100&sort=name,sku&order=desc,asc')));
    expect(skus(await catalogue.list(`limit=7&sort=name,sku&order=desc,asc&cursor=${last?.pagination.prevCursor}`))).toEqual(
      forth.slice(14, 21),
    );
    expect(Object.keys(await catalogue.detailsOf(`limit=7&cursor=${last?.pagination.prevCursor}`))).toEqual(['cursor']);
    expect(Object.keys(await catalogue.detailsOf('cursor=nonsense'))).toEqual(['cursor']);
  });

  it('are the same for HEAD, without a body', async () => {
    const [got, head] = await Promise.all([catalogue.get('fields=id'), catalogue.shop.call('HEAD', '/api/v1/products?fields=id')]);
    expect([head.status, head.text, head.headers.get('etag')]).toEqual([200, '', got.headers.get('etag')]);
    expect(Number(head.headers.get('content-length'))).toBe(got.text.length);
  });
});
