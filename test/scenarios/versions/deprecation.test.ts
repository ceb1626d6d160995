// A version and a route that are on their way out, said so in every answer. No version of this release is: the declarations are the test's.
import { v1 } from '@portico/mesh/contracts/v1/version';
import { v2 } from '@portico/mesh/contracts/v2/version';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readDocument, undocumented } from '../../stack/documented.ts';
import { send } from '../../stack/send.ts';
import { openShop, type Shop } from '../../stack/shop.ts';
import { type Stack, startStack } from '../../stack/start-stack.ts';

const OLD = { ...v1, deprecated: { since: '2026-01-31', sunset: '2026-08-01', successor: '/api/v2' } };
const ROUTE = { since: '2026-03-01', sunset: '2027-01-01' };
const NEW = { ...v2, routes: v2.routes.map((route) => (route.operationId === 'search' ? { ...route, deprecated: ROUTE } : route)) };

let stack: Stack;
let shop: Shop;
beforeAll(async () => {
  stack = await startStack({ topology: 'all-in-one', versions: [OLD, NEW] });
  shop = await openShop(stack);
});
afterAll(() => stack?.[Symbol.asyncDispose]());

const told = ({ headers }: { headers: Headers }) => ['deprecation', 'sunset'].map((name) => headers.get(name));
const ENDS = ['@1769817600', 'Sat, 01 Aug 2026 00:00:00 GMT'];

it('every answer of a deprecated version says so, from the cache and to a refusal too', async () => {
  const { sku } = await shop.product({ sku: 'mug 1' });
  await shop.data(201, 'POST', '/api/v1/inventory', { sku, quantity: 1 });
  const target = '/api/v1/inventory/mug%201?fields=id';
  const read = async (headers: Record<string, string> = {}) => shop.call('GET', target, undefined, { headers });
  const replies = [await read(), await read(), await read()];
  expect(replies.map(({ headers }) => headers.get('x-cache'))).toEqual(['miss', 'miss', 'hit']);
  for (const reply of replies) {
    expect(told(reply)).toEqual(ENDS);
    expect(reply.headers.get('link')).toBe(
      '</docs/migration>; rel="deprecation"; type="text/html", </api/v2/inventory/mug%201>; rel="successor-version"',
    );
    expect((reply.body as { meta: object }).meta).toEqual({
      requestId: reply.headers.get('x-request-id'),
      warnings: [
        {
          code: 'DEPRECATED',
          message: 'GET /api/v1/inventory/{sku} is deprecated since 2026-01-31 and ends on 2026-08-01. Use /api/v2/inventory/{sku}.',
        },
      ],
    });
    expect(Number(reply.headers.get('content-length'))).toBe(Buffer.byteLength(reply.text));
  }
  const same = await read({ 'if-none-match': '*' });
  expect([same.status, told(same)]).toEqual([304, ENDS]);
  const unsigned = await send(stack, 'GET', target);
  expect([unsigned.status, told(unsigned)]).toEqual([401, ENDS]);
  const list = await shop.call('GET', '/api/v1/inventory?perPage=1');
  expect(list.headers.get('link')).toMatch(/rel="first".*rel="deprecation".*<\/api\/v2\/inventory>; rel="successor-version"/);
});

it('an answer under an idempotency key says so each time', async () => {
  const add = () =>
    shop.call('POST', '/api/v1/products', { sku: 'again', name: 'x', price: 1, currency: 'USD' }, { headers: { 'idempotency-key': 'x' } });
  const first = await add();
  const second = await add();
  expect([first.status, second.status]).toEqual([201, 200]);
  expect([told(first), told(second)]).toEqual([ENDS, ENDS]);
  const [was, is] = [first, second].map(({ body }) => (body as { meta: { warnings: unknown[] } }).meta.warnings);
  expect(was).toHaveLength(1);
  expect(is).toEqual(was);
});

it('a route can be deprecated alone', async () => {
  const found = await shop.call('GET', '/api/v2/search?q=x');
  expect(told(found)).toEqual(['@1772323200', 'Fri, 01 Jan 2027 00:00:00 GMT']);
  expect(found.headers.get('link')).toBe('</docs/migration>; rel="deprecation"; type="text/html"');
  const products = await shop.call('GET', '/api/v2/products');
  expect(told(products)).toEqual([null, null]);
  expect((products.body as { meta: object }).meta).toEqual({ request_id: products.headers.get('x-request-id') });
});

it('the index and the documents say so, and the documents describe what is answered', async () => {
  const { versions } = (await send(stack, 'GET', '/api')).body as { versions: object[] };
  expect(versions).toMatchObject([
    { version: '1', status: 'deprecated', ...OLD.deprecated },
    { version: '2', status: 'current' },
  ]);
  const [old, now] = [await readDocument(stack.url, v1), await readDocument(stack.url, v2)];
  const flagged = ({ paths }: typeof old): string[] =>
    Object.entries(paths).flatMap(([path, item]) =>
      Object.values(item).some((operation) => (operation as { deprecated?: boolean }).deprecated === true) ? [path] : [],
    );
  expect(flagged(now)).toEqual(['/search']);
  expect(flagged(old)).toHaveLength(new Set(v1.routes.map(({ path }) => path)).size);
  expect(undocumented(old, 'GET', '/products', await shop.call('GET', '/api/v1/products'))).toEqual([]);
  expect(undocumented(old, 'GET', '/products', await send(stack, 'GET', '/api/v1/products'))).toEqual([]);
  expect(undocumented(now, 'GET', '/search', await shop.call('GET', '/api/v2/search?q=x'))).toEqual([]);
});

it('a version that would end too soon is not served', async () => {
  const soon = { ...v1, deprecated: { since: '2026-01-31', sunset: '2026-07-30' } };
  await expect(startStack({ topology: 'all-in-one', versions: [soon, v2] })).rejects.toThrow(
    'GET /api/v1/orders is deprecated since 2026-01-31, so its sunset cannot be 2026-07-30: 6 months of notice end on 2026-07-31.',
  );
});
