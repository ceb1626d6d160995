import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Catalogue, openCatalogue, skus } from '../../stack/catalogue.ts';
import { TOPOLOGIES } from '../../stack/start-stack.ts';

describe.each(TOPOLOGIES)('the filters of a list, %s', (topology) => {
  let catalogue: Catalogue;
  beforeAll(async () => {
    catalogue = await openCatalogue(topology);
  });
  afterAll(() => catalogue?.[Symbol.asyncDispose]());

  it('are filtered by several values, ranges, dates and words', async () => {
    expect((await catalogue.list('status=draft')).pagination.total).toBe(3);
    expect((await catalogue.list('status=draft,active')).pagination.total).toBe(25);
    expect(skus(await catalogue.list('priceMin=12&priceMax=13.5&sort=price'))).toEqual(['P-02', 'P-03']);
    expect((await catalogue.list('category=odd&priceMin=30')).pagination.total).toBe(2);
    expect((await catalogue.list('sku=P-01,P-07')).pagination.total).toBe(2);
    expect((await catalogue.list('q=name%204&sort=sku')).data.map(({ name }) => name)).toEqual(new Array(5).fill('Name 4'));
    // A midnight may lie between the first of them and the last.
    const [firstDay, lastDay] = [catalogue.all.at(0), catalogue.all.at(-1)].map((product) => product?.createdAt.slice(0, 10));
    expect((await catalogue.list(`createdAfter=${firstDay}&createdBefore=${lastDay}`)).pagination.total).toBe(25);
    expect((await catalogue.list('createdBefore=2024-12-31')).pagination.total).toBe(0);
    const { createdAt = '' } = catalogue.all[10] ?? {};
    expect((await catalogue.list(`createdAfter=${createdAt}`)).pagination.total).toBe(15);
  });

  it('refuse what they do not know, name it, list what they know, and guess what was meant', async () => {
    expect((await catalogue.detailsOf('statsu=active')).statsu).toMatch(/Did you mean "status"\? Allowed: .*priceMin/);
    expect((await catalogue.detailsOf('sort=prise')).sort).toMatch(/Did you mean "price"\? Allowed: createdAt/);
    expect((await catalogue.detailsOf('fields=id,nmae')).fields).toMatch(/"nmae" is not known. Did you mean "name"\?/);
    expect((await catalogue.detailsOf('fields=inventory.avail')).fields).toMatch(/"inventory.avail"/);
    expect((await catalogue.detailsOf('status=active&status=draft')).status).toMatch(/more than once/);
    expect((await catalogue.detailsOf('status=gone')).status).toMatch(/"gone" is not one of/);
    expect((await catalogue.detailsOf('priceMin=ten')).priceMin).toMatch(/decimal/);
    expect((await catalogue.detailsOf('createdAfter=2026-02-30')).createdAfter).toMatch(/date/);
    expect((await catalogue.detailsOf('order=up')).order).toMatch(/asc or desc/);
    expect(Object.keys(await catalogue.detailsOf('__proto__=1&constructor=2'))).toEqual(['__proto__', 'constructor']);
    expect((await catalogue.get('q=%E0%A4%A')).status).toBe(400);
    expect((await catalogue.get(`q=${'x'.repeat(5_000)}`)).status).toBe(400);
  });
});
