import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Catalogue, openCatalogue, type Product, skus } from '../../stack/catalogue.ts';
import { TOPOLOGIES } from '../../stack/start-stack.ts';

describe.each(TOPOLOGIES)('the order of a list, %s', (topology) => {
  let catalogue: Catalogue;
  beforeAll(async () => {
    catalogue = await openCatalogue(topology);
  });
  afterAll(() => catalogue?.[Symbol.asyncDispose]());

  it('is by what was asked, each key in its direction, newest first without one, and total by id', async () => {
    const { all } = catalogue;
    const bySku = (products: readonly Product[]): string[] => products.map(({ sku }) => sku);
    expect(skus(await catalogue.list('perPage=100'))).toEqual(bySku(all.toReversed()));
    expect(skus(await catalogue.list('perPage=100&sort=price&order=desc'))).toEqual(bySku(all.toReversed()));
    const named = all.toSorted((a, b) => a.name.localeCompare(b.name) || b.price - a.price);
    expect(skus(await catalogue.list('perPage=100&sort=name,price&order=asc,desc'))).toEqual(bySku(named));
    const tied = (await catalogue.list('perPage=100&sort=name')).data;
    for (const [i, product] of tied.entries()) {
      const before = tied[i - 1];
      if (before?.name === product.name) expect(before.id < product.id).toBe(true);
    }
  });

  it('refuses what is no order', async () => {
    expect((await catalogue.detailsOf('sort=prise')).sort).toMatch(/Did you mean "price"\? Allowed: createdAt/);
    expect((await catalogue.detailsOf('order=up')).order).toMatch(/asc or desc/);
    expect(Object.keys(await catalogue.detailsOf('sort=name&order=asc,desc'))).toEqual(['order']);
    expect(Object.keys(await catalogue.detailsOf('sort=name,name'))).toEqual(['sort']);
  });
});
