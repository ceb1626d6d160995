import type { Caller } from '@portico/contracts/caller';
import { onStatement } from '@portico/service-kit/sql/statement-log';
import type { Subgraph } from '@portico/service-kit/subgraph/start-subgraph';
import { askSubgraph, createTestDatabase, silentLogger, testCaller, testSettings, unreachableGraph } from '@portico/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Product } from './product.entity.ts';
import { start } from './server.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let products: Subgraph;

beforeAll(async () => {
  database = await createTestDatabase();
  products = await start(testSettings(database.url), { graph: unreachableGraph, logger: silentLogger });
});
afterAll(async () => {
  await products?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

type Item = { id: string; sku: string; version: number };
type Answer = {
  product: Item | null;
  createProduct: Item;
  products: { items: Item[]; total: number; nextCursor: string | null; prevCursor: string | null };
};

function ask(caller: Caller, source: string, variables: Record<string, unknown> = {}): Promise<Answer> {
  return askSubgraph<Answer>(products, caller, source, variables);
}

const CREATE = 'mutation ($input: CreateProductInput!) { createProduct(input: $input) { id sku price currency status createdAt version } }';
const LIST =
  'query ($filter: ProductFilter, $sort: [ProductSort!], $page: PageInput!) { products(filter: $filter, sort: $sort, page: $page) { items { id sku } total nextCursor prevCursor } }';

const mug = { sku: 'MUG-1', name: 'Blue mug', price: 12.5, currency: 'USD' };

describe('the catalogue', () => {
  it('keeps a product and shows it only to its own tenant', async () => {
    const caller = testCaller();
    const { createProduct } = await ask(caller, CREATE, { input: mug });
    expect(createProduct).toMatchObject({ sku: 'MUG-1', price: 1250, currency: 'USD', status: 'active', version: 1 });
    const { id } = createProduct;
    const one = 'query ($id: ID!) { product(id: $id) { id name } }';
    expect(await ask(caller, one, { id })).toEqual({ product: { id, name: 'Blue mug' } });
    expect(await ask(testCaller(), one, { id })).toEqual({ product: null });
    expect(await ask({ ...caller, mode: 'live' }, one, { id })).toEqual({ product: null });
  });

  it('reads only the columns that are asked for', async () => {
    const caller = testCaller();
    await ask(caller, CREATE, { input: mug });
    const statements: string[] = [];
    // The program's own tasks speak meanwhile.
    using _ = onStatement(({ text }) => void (/^select\b.*\bproducts\.product/s.test(text) && statements.push(text)));
    await ask(caller, '{ products(page: { number: 1, size: 20 }) { items { id } } }');
    expect(statements).toEqual([expect.stringMatching(/^select t\.id as "id" from products\.product t where/)]);
  });

  it('counts a list once and not again until a row changes', async () => {
    const caller = testCaller();
    for (const sku of ['A', 'B', 'C']) await ask(caller, CREATE, { input: { ...mug, sku } });
    const page = { number: 1, size: 2 };
    expect(await ask(caller, LIST, { page })).toMatchObject({ products: { total: 3 } });
    const counts: string[] = [];
    using _ = onStatement(({ text }) => void (text.includes('count(*)') && counts.push(text)));
    expect(await ask(caller, LIST, { page })).toMatchObject({ products: { total: 3 } });
    expect(counts).toHaveLength(0);
    await ask(caller, CREATE, { input: { ...mug, sku: 'D' } });
    expect(await ask(caller, LIST, { page })).toMatchObject({ products: { total: 4 } });
    expect(counts).toHaveLength(1);
  });

  it('walks a list forth and back by cursor without losing or repeating a row', async () => {
    const caller = testCaller();
    for (let i = 0; i < 11; i += 1) await ask(caller, CREATE, { input: { ...mug, sku: `S${i}`, name: `N${i % 3}`, price: i % 2 } });
    const sort = [
      { field: 'price', direction: 'asc' },
      { field: 'name', direction: 'desc' },
    ];
    const all = await ask(caller, LIST, { sort, page: { number: 1, size: 100 } });
    const expected = all.products.items.map(({ id }) => id);
    const forth: string[] = [];
    let cursor: string | null = null;
    let back: string | null = null;
    do {
      const { products: page }: Answer = await ask(caller, LIST, { sort, page: { size: 4, cursor } });
      forth.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
      back = page.prevCursor;
    } while (cursor !== null);
    expect(forth).toEqual(expected);
    const before: string[] = [];
    while (back !== null) {
      const { products: page }: Answer = await ask(caller, LIST, { sort, page: { size: 4, cursor: back } });
      before.unshift(...page.items.map(({ id }) => id));
      back = page.prevCursor;
    }
    expect(before).toEqual(expected.slice(0, 8));
  });

  it('filters by price across currencies', async () => {
    const caller = testCaller();
    await ask(caller, CREATE, { input: { ...mug, sku: 'JP', price: 1200, currency: 'JPY' } });
    await ask(caller, CREATE, { input: { ...mug, sku: 'KW', price: 3.125, currency: 'KWD' } });
    await ask(caller, CREATE, { input: { ...mug, sku: 'US', price: 40, currency: 'USD' } });
    const found = await ask(caller, LIST, {
      filter: { priceMin: 3, priceMax: 40 },
      sort: [{ field: 'price', direction: 'asc' }],
      page: { number: 1, size: 20 },
    });
    expect(found).toMatchObject({ products: { items: [{ sku: 'KW' }, { sku: 'US' }], total: 2 } });
  });

  it('finds words by their beginning, and nothing by punctuation', async () => {
    const caller = testCaller();
    await ask(caller, CREATE, { input: mug });
    expect(await ask(caller, LIST, { filter: { q: 'blu mu' }, page: { number: 1, size: 20 } })).toMatchObject({ products: { total: 1 } });
    expect(await ask(caller, LIST, { filter: { q: "' | !:*" }, page: { number: 1, size: 20 } })).toMatchObject({ products: { total: 0 } });
  });

  it('refuses a price with more digits than the currency has, naming the field', async () => {
    const refused = ask(testCaller(), CREATE, { input: { ...mug, price: 10.5, currency: 'JPY' } });
    await expect(refused).rejects.toMatchObject({
      code: 'VALIDATION_ERROR',
      details: { price: expect.stringContaining('0 decimal digits') },
    });
  });

  it.each([
    ['createdAt', 'zzz'],
    ['createdAt', '0000-01-01'],
    ['price', 'abc'],
  ])('refuses a cursor in the order of %s whose key is %s', async (field, key) => {
    const cursor = Buffer.from(JSON.stringify(['after', `${field} asc,id asc`, [key, 'x']])).toString('base64url');
    await expect(ask(testCaller(), LIST, { sort: [{ field, direction: 'asc' }], page: { size: 2, cursor } })).rejects.toMatchObject({
      code: 'VALIDATION_ERROR',
      details: { cursor: expect.any(String) },
    });
  });

  it('refuses a sort by more fields than a cursor has keys', async () => {
    const sort = Array.from({ length: 8 }, () => ({ field: 'name', direction: 'asc' }));
    await expect(ask(testCaller(), LIST, { sort, page: { size: 2 } })).rejects.toMatchObject({ details: { sort: expect.any(String) } });
  });

  it.each(['.', '..', ' .. '])('refuses the SKU %j, which no URL can have as a segment, for a new product and for another', async (sku) => {
    const caller = testCaller();
    const refused = { code: 'VALIDATION_ERROR', details: { sku: expect.stringContaining('"." or ".."') } };
    await expect(ask(caller, CREATE, { input: { ...mug, sku } })).rejects.toMatchObject(refused);
    const { createProduct } = await ask(caller, CREATE, { input: { ...mug, sku: '...' } });
    const change = 'mutation ($id: ID!, $input: UpdateProductInput!) { updateProduct(id: $id, input: $input) { id } }';
    await expect(ask(caller, change, { id: createProduct.id, input: { sku } })).rejects.toMatchObject(refused);
  });

  it('refuses a second product with the same SKU, whatever its case', async () => {
    const caller = testCaller();
    await ask(caller, CREATE, { input: mug });
    await expect(ask(caller, CREATE, { input: { ...mug, sku: 'mug-1' } })).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('makes one product of two tries with the same idempotency seed', async () => {
    const caller = testCaller(['write', 'read'], { idempotencySeed: '01h455vb4pex5vsknk084sn02q' });
    const [first, second] = await Promise.all([ask(caller, CREATE, { input: mug }), ask(caller, CREATE, { input: mug })]);
    expect(second).toEqual(first);
  });

  it('changes what is named, keeps the rest, and refuses a stale version', async () => {
    const caller = testCaller();
    const { createProduct } = await ask(caller, CREATE, { input: { ...mug, description: 'Holds tea.' } });
    const { id } = createProduct;
    const update =
      'mutation ($id: ID!, $input: UpdateProductInput!, $v: Int) { updateProduct(id: $id, input: $input, expectedVersion: $v) { name price description version } }';
    expect(await ask(caller, update, { id, input: { price: 13, description: null }, v: 1 })).toEqual({
      updateProduct: { name: 'Blue mug', price: 1300, description: null, version: 2 },
    });
    await expect(ask(caller, update, { id, input: { price: 14 }, v: 1 })).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
    await expect(ask(testCaller(), update, { id, input: { price: 14 } })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('hides a deleted product from the catalogue and keeps it for those who refer to it', async () => {
    const caller = testCaller();
    const { createProduct } = await ask(caller, CREATE, { input: mug });
    const { id } = createProduct;
    await ask(caller, 'mutation ($id: ID!) { deleteProduct(id: $id) { id } }', { id });
    expect(await ask(caller, 'query ($id: ID!) { product(id: $id) { id } }', { id })).toEqual({ product: null });
    const reference = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Product { name } } }';
    expect(await ask(caller, reference, { r: [{ __typename: 'Product', id }] })).toEqual({ _entities: [{ name: 'Blue mug' }] });
    expect(await ask(testCaller(), reference, { r: [{ __typename: 'Product', id }] })).toEqual({ _entities: [null] });
  });

  it('needs the scope', async () => {
    await expect(ask(testCaller(['orders:read']), LIST, { page: { number: 1, size: 1 } })).rejects.toMatchObject({
      code: 'AUTHORIZATION_ERROR',
      details: { requiredScope: 'products:read' },
    });
  });

  it('survives two changes of the same product at the same time', async () => {
    const caller = testCaller();
    const { createProduct } = await ask(caller, CREATE, { input: mug });
    const update = 'mutation ($id: ID!, $input: UpdateProductInput!) { updateProduct(id: $id, input: $input) { version } }';
    await Promise.all(['a', 'b', 'c'].map((name) => ask(caller, update, { id: createProduct.id, input: { name } })));
    expect(await ask(caller, 'query ($id: ID!) { product(id: $id) { version } }', { id: createProduct.id })).toEqual({
      product: { version: 4 },
    });
  });
});

describe('tenant isolation', () => {
  it('does not let a statement out that forgets the tenant, however it is written', async () => {
    const em = products.database.fork();
    em.setFilterParams('tenant', { accountId: 'acct_x', mode: 'test' });
    await expect(products.database.run('select * from products.product', [])).rejects.toThrow(/without naming the tenant/);
    await expect(em.execute('update "products"."product" set name = ?', ['mine'])).rejects.toThrow(/without naming the tenant/);
    await expect(em.execute('delete from products.product where id = ?', ['prod_1'])).rejects.toThrow(/without naming the tenant/);
    await expect(em.find(Product, {}, { filters: false })).rejects.toThrow(/without naming the tenant/);
    await expect(
      em
        .getKysely()
        .selectFrom('products.product' as never)
        .selectAll()
        .execute(),
    ).rejects.toThrow(/without naming the tenant/);
    await expect(products.database.fork().find(Product, {})).rejects.toThrow();
  });
});
