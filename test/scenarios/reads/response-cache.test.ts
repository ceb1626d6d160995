// Two gateways over one database, each with a cache of its own: what is written through the one is what the other shows next, and a cached
// answer is shown to nobody who could not have had it produced.
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Key } from '../../stack/credentials.ts';
import { type Reply, send } from '../../stack/send.ts';
import { openShop, type Shop } from '../../stack/shop.ts';
import { type Stack, startStack } from '../../stack/start-stack.ts';

type Failure = { error: { code: string; details: object } };

const CACHE_BYTES = 100_000;
const ORIGIN = 'https://pages.example';
/** Every lane has an account of its own, so that the writes of one do not outdate what another keeps. */
const LANES = 8;
const WRITES_PER_LANE = 125;

const outcomeOf = ({ headers }: Reply): string | null => headers.get('x-cache');
const dataOf = ({ body }: Reply): unknown => (body as { data: unknown }).data;

describe('the response cache of two gateways over one database', () => {
  let one: Stack;
  let other: Stack;
  beforeAll(async () => {
    one = await startStack({ topology: 'all-in-one' });
    const env = { RESPONSE_CACHE_BYTES: String(CACHE_BYTES), CORS_ORIGINS: ORIGIN };
    other = await startStack({ topology: 'all-in-one', databaseUrl: one.databaseUrl, env });
  });
  afterAll(async () => {
    await other?.[Symbol.asyncDispose]();
    await one?.[Symbol.asyncDispose]();
  });

  const read = (key: Key, target: string, headers: Record<string, string> = {}): Promise<Reply> =>
    send(other, 'GET', target, { key, headers });

  /** Asks through the other gateway until its cache has the answer, and gives that. */
  async function warm(key: Key, target: string): Promise<Reply> {
    for (let i = 0; i < 2; i += 1) await read(key, target);
    const reply = await read(key, target);
    expect([target, reply.status, outcomeOf(reply)]).toEqual([target, 200, 'hit']);
    return reply;
  }

  it('shows each of 1,000 changes to the next read through the other, from warm caches', { timeout: 400_000 }, async () => {
    const outcomes: (string | null)[] = [];
    async function lane(): Promise<void> {
      const shop = await openShop(one);
      const { id } = await shop.product();
      for (let i = 0; i < WRITES_PER_LANE; i += 1) {
        const name = `Mug ${i}`;
        await shop.data(200, 'PUT', `/api/v1/products/${id}`, { name });
        for (const [target, shown] of [
          [`/api/v1/products/${id}?fields=id,name`, { id, name }],
          ['/api/v1/products?fields=id,name', [{ id, name }]],
        ] as const) {
          const [first, second] = [await read(shop.key, target), await read(shop.key, target)];
          expect([target, dataOf(first), dataOf(second)]).toEqual([target, shown, shown]);
          expect(outcomeOf(first)).toBe('miss');
          outcomes.push(outcomeOf(second));
        }
      }
    }
    await Promise.all(Array.from({ length: LANES }, lane));
    expect(outcomes).toHaveLength(2 * 1_000);
    expect(outcomes.filter((outcome) => outcome === 'hit').length).toBeGreaterThan(1_800);
  });

  it('shows stock and orders as they are once an order is placed, cancelled, or its customer erased', async () => {
    const shop = await openShop(one);
    const { id: productId, sku } = await shop.stocked(5);
    const { id: customerId } = await shop.customer();
    const stock = [
      `/api/v1/inventory/${sku}?fields=reserved`,
      '/api/v1/inventory?fields=reserved',
      `/api/v1/products/${productId}?fields=inventory.reserved`,
    ];
    const orders = '/api/v1/orders?fields=status,notes';
    const warmAll = async (): Promise<void> => void (await Promise.all([...stock, orders].map((target) => warm(shop.key, target))));
    const shown = async (): Promise<unknown[]> => {
      const replies = await Promise.all([...stock, orders].map((target) => read(shop.key, target)));
      expect(replies.map(outcomeOf)).toEqual(replies.map(() => 'miss'));
      return replies.map(dataOf);
    };
    const withReserved = (reserved: number) => [{ reserved }, [{ reserved }], { inventory: { reserved } }];
    await warmAll();
    const { id } = await shop.order([{ productId, quantity: 3 }], { customerId, notes: 'Ring twice' });
    expect(await shown()).toEqual([...withReserved(3), [{ status: 'pending', notes: 'Ring twice' }]]);
    await warmAll();
    await shop.data(200, 'DELETE', `/api/v1/orders/${id}`);
    expect(await shown()).toEqual([...withReserved(0), [{ status: 'cancelled', notes: 'Ring twice' }]]);
    await warmAll();
    expect((await shop.call('DELETE', `/api/v1/customers/${customerId}`)).status).toBeLessThan(300);
    expect(await shown()).toEqual([...withReserved(0), [{ status: 'cancelled', notes: null }]]);
  });

  it('shows what a background task did as soon as the database has it', async () => {
    const shop = await openShop(one);
    const { id: productId, sku } = await shop.stocked(5);
    const { id } = await shop.order([{ productId, quantity: 2 }]);
    const target = `/api/v1/inventory/${sku}?fields=reserved`;
    expect(dataOf(await warm(shop.key, target))).toEqual({ reserved: 2 });
    const database = new pg.Client({ connectionString: one.databaseUrl });
    await database.connect();
    onTestFinished(() => database.end());
    // What a crash between a cancellation and its release leaves behind.
    await database.query(
      `insert into orders.saga_task (id, account_id, mode, stage, stock, request_id, locked_until) values ($1, $2, 'test', 'owing', 'release', 'req', now())`,
      [id, shop.key.accountId],
    );
    const seen: { inDatabase: number; shown: number; outcome: string | null }[] = [];
    async function look(): Promise<number> {
      const { rows } = await database.query('select reserved from inventory.inventory_item where account_id = $1', [shop.key.accountId]);
      const reply = await read(shop.key, target);
      const { reserved } = dataOf(reply) as { reserved: number };
      seen.push({ inDatabase: rows[0].reserved, shown: reserved, outcome: outcomeOf(reply) });
      return reserved;
    }
    await expect.poll(look, { timeout: 30_000, interval: 2 }).toBe(0);
    expect(seen.filter(({ inDatabase, shown }) => inDatabase === 0 && shown !== 0)).toEqual([]);
    expect(seen.map(({ outcome }) => outcome)).toEqual([...Array.from(seen.slice(1), () => 'hit'), 'miss']);
  });

  it('shows what was written through /graphql', async () => {
    const shop = await openShop(one, { account: 'writes-by-graph' });
    const { token } = await one.admin.serviceTokens.issue({
      account: 'writes-by-graph',
      mode: 'test',
      subject: 'service:catalogue',
      permissions: ['graph:write'],
    });
    const { id } = await shop.product();
    const query = 'mutation ($id: ID!, $name: String!) { updateProduct(id: $id, input: { name: $name }) { name } }';
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    for (let i = 0; i < 20; i += 1) {
      const name = `By graph ${i}`;
      await Promise.all([warm(shop.key, `/api/v1/products/${id}?fields=name`), warm(shop.key, '/api/v1/products?fields=name')]);
      const body = JSON.stringify({ query, variables: { id, name } });
      const answer = await fetch(`${one.internalUrl}/graphql`, { method: 'POST', headers, body });
      expect(await answer.json()).toEqual({ data: { updateProduct: { name } } });
      expect(dataOf(await read(shop.key, `/api/v1/products/${id}?fields=name`))).toEqual({ name });
      expect(dataOf(await read(shop.key, '/api/v1/products?fields=name'))).toEqual([{ name }]);
    }
  });

  it('keeps accounts and modes apart under the same target', async () => {
    const shops: [Shop, number][] = [
      [await openShop(one, { account: 'cached-owner', mode: 'test' }), 1],
      [await openShop(one, { account: 'cached-owner', mode: 'live' }), 2],
      [await openShop(one, { account: 'cached-stranger', mode: 'test' }), 3],
    ];
    for (const [shop, quantity] of shops) {
      await shop.product({ sku: 'SAME' });
      await shop.data(201, 'POST', '/api/v1/inventory', { sku: 'SAME', quantity });
    }
    for (let round = 0; round < 2; round += 1) {
      for (const [{ key }, quantity] of shops) {
        expect(dataOf(await warm(key, '/api/v1/inventory/SAME?fields=quantity'))).toEqual({ quantity });
        expect(dataOf(await warm(key, '/api/v1/inventory?fields=quantity'))).toEqual([{ quantity }]);
      }
    }
  });

  it('shows nothing to a key or a token that lacks a scope of what is shown', async () => {
    const shop = await openShop(one, { account: 'cached-scopes' });
    const { id } = await shop.stocked(5);
    const narrow = { account: 'cached-scopes', scopes: ['products:read'] };
    const reader = await one.key(narrow);
    const { clientId, clientSecret } = await one.client(narrow);
    const grant = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
    const granted = await fetch(`${other.url}/api/oauth/token`, { method: 'POST', body: new URLSearchParams(grant) });
    const { access_token: token } = (await granted.json()) as { access_token: string };
    const missing = { status: 403, code: 'AUTHORIZATION_ERROR', details: { requiredScope: 'inventory:read' } };
    for (const target of [
      `/api/v1/products/${id}?fields=id,inventory.available`,
      `/api/v1/products/${id}?expand=inventory`,
      '/api/v1/products?fields=id,inventory.available',
    ]) {
      const etag = (await warm(shop.key, target)).headers.get('etag') ?? '';
      const refusals = [
        await read(reader, target),
        await read(reader, target, { 'if-none-match': etag }),
        await send(other, 'GET', target, { headers: { authorization: `Bearer ${token}` } }),
      ];
      for (const { status, body } of refusals) expect({ status, ...(body as Failure).error }).toMatchObject(missing);
      expect((await send(other, 'HEAD', target, { key: reader })).status).toBe(403);
    }
    // A search shows each asker the kinds that he may read, under one target.
    const search = '/api/v1/search?q=mug';
    expect(Object.keys(dataOf(await warm(shop.key, search)) as object)).toEqual(['products', 'customers', 'orders']);
    expect(Object.keys(dataOf(await warm(reader, search)) as object)).toEqual(['products']);
    expect(Object.keys(dataOf(await warm(shop.key, search)) as object)).toHaveLength(3);
  });

  it('shows each selection what it asked for', async () => {
    const shop = await openShop(one);
    const { id, sku } = await shop.product();
    const selections = { id: { id }, sku: { sku }, 'id,sku': { id, sku }, name: { name: 'Blue mug' } };
    for (const path of [`/api/v1/products/${id}`, '/api/v1/products'])
      for (const fields of Object.keys(selections)) await warm(shop.key, `${path}?fields=${fields}`);
    for (const [fields, shown] of Object.entries(selections)) {
      const replies = [
        await read(shop.key, `/api/v1/products/${id}?fields=${fields}`),
        await read(shop.key, `/api/v1/products?fields=${fields}`),
      ];
      expect(replies.map((reply) => [outcomeOf(reply), dataOf(reply)])).toEqual([
        ['hit', shown],
        ['hit', [shown]],
      ]);
    }
  });

  it('answers HEAD and conditional requests too, says how old a hit is, and lets pages read that', async () => {
    const shop = await openShop(one);
    const { id } = await shop.product();
    const target = `/api/v1/products/${id}`;
    const begunAt = performance.now();
    const first = await read(shop.key, target);
    expect([outcomeOf(first), first.headers.get('age')]).toEqual(['miss', null]);
    const hit = await warm(shop.key, target);
    const etag = hit.headers.get('etag') ?? '';
    expect(hit.headers.get('cache-control')).toMatch(/^private\b/);
    const head = await send(other, 'HEAD', target, { key: shop.key });
    expect([head.status, outcomeOf(head), head.text, head.headers.get('etag')]).toEqual([200, 'hit', '', etag]);
    expect(head.headers.get('content-length')).toBe(hit.headers.get('content-length'));
    const known = await read(shop.key, target, { 'if-none-match': etag, origin: ORIGIN });
    expect([known.status, outcomeOf(known), known.text]).toEqual([304, 'hit', '']);
    expect(known.headers.get('access-control-expose-headers')?.split(', ')).toEqual(expect.arrayContaining(['Age', 'X-Cache', 'ETag']));
    const age = async (): Promise<number> => Number((await read(shop.key, target)).headers.get('age') ?? Number.NaN);
    await expect.poll(age, { interval: 50 }).toBeGreaterThanOrEqual(1);
    expect(await age()).toBeLessThanOrEqual((performance.now() - begunAt) / 1_000);
    const bypass = await read(shop.key, target, { 'cache-control': 'no-cache' });
    expect([bypass.status, outcomeOf(bypass), bypass.headers.get('age')]).toEqual([200, 'bypass', null]);
    await shop.data(200, 'PUT', target, { name: 'Red mug' });
    const changed = await read(shop.key, target, { 'if-none-match': etag });
    expect([changed.status, outcomeOf(changed), changed.headers.get('age')]).toEqual([200, 'miss', null]);
  });

  it('keeps no more than RESPONSE_CACHE_BYTES, of what was asked for last', async () => {
    const shop = await openShop(one);
    await Promise.all(Array.from({ length: 20 }, () => shop.product()));
    const targets = Array.from({ length: 60 }, (_, i) => `/api/v1/products?perPage=${20 + i}`);
    for (const target of targets) for (let i = 0; i < 2; i += 1) await read(shop.key, target);
    const kept: number[] = [];
    for (const target of targets.reverse()) {
      const reply = await read(shop.key, target);
      if (outcomeOf(reply) === 'hit') kept.push(reply.text.length);
    }
    expect(kept.length).toBeGreaterThan(1);
    expect(kept.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThanOrEqual(CACHE_BYTES);
  });
});
