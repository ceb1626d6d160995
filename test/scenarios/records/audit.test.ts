// Every request leaves one record, whoever sent it and however it ended; the record says who, what, when, from where and how it went.
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Key } from '../../stack/credentials.ts';
import { send } from '../../stack/send.ts';
import { openShop, type Shop } from '../../stack/shop.ts';
import { type Stack, startStack, TOPOLOGIES } from '../../stack/start-stack.ts';

type Row = Record<string, unknown>;

async function rowsOf(databaseUrl: string, sql: string, values: unknown[] = []): Promise<Row[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query(sql, values)).rows;
  } finally {
    await client.end();
  }
}

describe.each(TOPOLOGIES)('the audit log, %s', (topology) => {
  let stack: Stack;
  let shop: Shop;
  beforeAll(async () => {
    stack = await startStack({ topology, shared: true });
    shop = await openShop(stack);
  });
  afterAll(() => stack?.[Symbol.asyncDispose]());

  type Sent = { method: string; target: string; key?: Key | undefined; body?: unknown; headers?: Record<string, string> };
  /** The records that one request left, and its status. */
  async function sent(
    { method, target, key = shop.key, body, headers = {} }: Sent,
    signed = true,
  ): Promise<{ status: number; rows: Row[] }> {
    const id = randomUUID();
    const { status } = await send(stack, method, target, {
      ...(signed ? { key } : {}),
      body,
      headers: { 'x-request-id': id, 'user-agent': 'audit-test/1.0', ...headers },
    });
    await stack.admin.audit.flush();
    return { status, rows: await rowsOf(stack.databaseUrl, 'select * from access.request_log where request_id = $1', [id]) };
  }

  it('has exactly one record of every kind of request', async () => {
    const { id } = await shop.product();
    const item = `/api/v1/products/${id}`;
    const etag = (await shop.call('GET', item)).headers.get('etag') ?? '';
    const { accountId, id: actor } = shop.key;
    const known = { account_id: accountId, mode: 'test', actor };
    const nobody = { account_id: null, mode: null, actor: null };
    const product = { path: '/api/v1/products/{productId}', operation: 'getProduct' };
    const products = { path: '/api/v1/products', operation: 'listProducts' };
    const kinds: [Sent & { unsigned?: true }, number, Row][] = [
      [{ method: 'GET', target: `${item}?fields=id,name` }, 200, { ...known, ...product, query: 'fields=id,name' }],
      [{ method: 'GET', target: item, headers: { 'if-none-match': etag } }, 304, { ...known, ...product }],
      [{ method: 'HEAD', target: item }, 200, { ...known, ...product, method: 'HEAD' }],
      [{ method: 'OPTIONS', target: item, unsigned: true }, 204, { ...nobody, path: product.path, operation: null }],
      [
        { method: 'GET', target: '/api/v1/products?page=0&q=Ada' },
        400,
        { ...known, ...products, query: 'page=0&q=***', error_code: 'VALIDATION_ERROR' },
      ],
      [{ method: 'GET', target: '/api/v1/products', unsigned: true }, 401, { ...nobody, ...products, error_code: 'AUTHENTICATION_ERROR' }],
      [{ method: 'GET', target: '/api/v1/products', key: { ...shop.key, secret: 'sk_other' } }, 401, { ...nobody, ...products }],
      [{ method: 'GET', target: '/api/v1/products/prod_1' }, 404, { ...known, ...product, error_code: 'NOT_FOUND' }],
      [{ method: 'GET', target: '/nothing/here?a=b', unsigned: true }, 404, { ...nobody, path: null, operation: null, query: '***' }],
      [
        { method: 'PATCH', target: item, body: {} },
        405,
        { ...nobody, path: product.path, operation: null, error_code: 'METHOD_NOT_ALLOWED' },
      ],
      [
        { method: 'POST', target: '/api/v1/products', body: '{"sku":' },
        400,
        { ...known, operation: 'createProduct', error_code: 'VALIDATION_ERROR' },
      ],
      [
        { method: 'GET', target: '/api/v2/products/prod_1?fields=product_id&createdAt=1' },
        400,
        {
          ...known,
          path: '/api/v2/products/{product_id}',
          operation: 'getProduct',
          query: 'fields=product_id&***',
          error_code: 'VALIDATION_ERROR',
        },
      ],
      [
        { method: 'GET', target: '/api/v2/products', unsigned: true },
        401,
        { ...nobody, path: '/api/v2/products', error_code: 'UNAUTHORIZED' },
      ],
      [{ method: 'GET', target: '/api/health', unsigned: true }, 200, { ...nobody, path: '/api/health' }],
    ];
    for (const [request, status, expected] of kinds) {
      const name = `${request.method} ${request.target}`;
      const { rows, status: answered } = await sent(request, request.unsigned !== true);
      expect([name, answered, rows.length]).toEqual([name, status, 1]);
      expect([name, rows[0]]).toMatchObject([name, { method: request.method, status, ...expected }]);
      expect([name, rows[0]]).toMatchObject([
        name,
        {
          address: expect.stringMatching(/127\.0\.0\.1$/),
          user_agent: 'audit-test/1.0',
          at: expect.any(Date),
          duration_ms: expect.any(Number),
        },
      ]);
      if (status < 400) expect(rows[0]?.error_code).toBeNull();
    }
  });

  it('says of an answer that is given again what the first one said', async () => {
    const body = { customerId: 'cust_1', items: [{ productId: 'prod_1', quantity: 1 }] };
    const codes: unknown[] = [];
    for (let times = 0; times < 2; times += 1) {
      const { rows } = await sent({
        method: 'POST',
        target: '/api/v1/orders?fields=id',
        body,
        headers: { 'idempotency-key': 'again' },
      });
      expect(rows).toHaveLength(1);
      codes.push(rows[0]?.error_code);
    }
    expect(codes).toEqual([expect.stringMatching(/^[A-Z_]+$/), codes[0]]);
  });

  it('loses nothing of a stop under load: as many records as answers', async () => {
    await using own = await startStack({ topology, databaseUrl: stack.databaseUrl, fleet: stack.fleet });
    const key = await own.key();
    let answers = 0;
    let stopping = false;
    const clients = Array.from({ length: 16 }, async () => {
      for (let i = 0; !stopping && i < 2_000; i += 1) {
        const reply = await send(own, 'GET', '/api/v1/products?fields=id', { key }).catch(() => undefined);
        if (reply === undefined) return;
        answers += 1;
      }
    });
    await expect.poll(() => answers, { interval: 5 }).toBeGreaterThan(300);
    await own[Symbol.asyncDispose]();
    stopping = true;
    await Promise.all(clients);
    const [counted] = await rowsOf(stack.databaseUrl, 'select count(*)::int as records from access.request_log where account_id = $1', [
      key.accountId,
    ]);
    // A request whose answer was cut off at the stop has a record too.
    expect(counted?.records).toBeGreaterThanOrEqual(answers);
    expect(Number(counted?.records) - answers).toBeLessThanOrEqual(clients.length);
    expect(own.admin.audit.dropped).toBe(0);
  });

  it('shows in /metrics that it has lost nothing', async () => {
    const text = await (await fetch(`${stack.internalUrl}/metrics`)).text();
    expect(text).toMatch(/^portico_audit_records_dropped 0$/m);
  });
});
