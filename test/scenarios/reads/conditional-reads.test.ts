import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Catalogue, openCatalogue, type Page } from '../../stack/catalogue.ts';
import { TOPOLOGIES } from '../../stack/start-stack.ts';

describe.each(TOPOLOGIES)('a list that was read before, %s', (topology) => {
  let catalogue: Catalogue;
  beforeAll(async () => {
    catalogue = await openCatalogue(topology);
  });
  afterAll(() => catalogue?.[Symbol.asyncDispose]());

  it('answer 304 to who has them already, and never an old list after a write', async () => {
    const first = await catalogue.get('perPage=3&fields=id');
    const etag = first.headers.get('etag') ?? '';
    expect((await catalogue.get('perPage=3&fields=id', { 'if-none-match': `"other", W/${etag}` })).status).toBe(304);
    await catalogue.get('perPage=3&fields=id');
    expect((await catalogue.get('perPage=3&fields=id')).headers.get('x-cache')).toBe('hit');
    for (let i = 0; i < 20; i += 1) {
      const { id } = await catalogue.shop.product();
      const after = await catalogue.get('perPage=1&fields=id');
      expect((after.body as Page).data).toEqual([{ id }]);
    }
    expect((await catalogue.get('perPage=3&fields=id', { 'if-none-match': etag })).status).toBe(200);
  });
});
