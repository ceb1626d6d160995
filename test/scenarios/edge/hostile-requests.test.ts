import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RequestOptions, send } from '../../stack/send.ts';
import { openShop, type Shop } from '../../stack/shop.ts';
import { type Stack, startStack, TOPOLOGIES } from '../../stack/start-stack.ts';

type Failure = {
  error: { code: string; message: string; details: Record<string, string>; requestId: string; timestamp: string; documentationUrl: string };
};

describe.each(TOPOLOGIES)('a hostile or careless request, %s', (topology) => {
  let stack: Stack;
  let shop: Shop;
  beforeAll(async () => {
    stack = await startStack({ topology, shared: true });
    shop = await openShop(stack);
  });
  afterAll(() => stack?.[Symbol.asyncDispose]());

  const product = { sku: 'X', name: 'x', price: 1, currency: 'USD' };
  async function refused(status: number, code: string, body: unknown, options: RequestOptions = {}): Promise<Failure['error']> {
    const reply = await shop.call('POST', '/api/v1/products', body, options);
    const { error } = reply.body as Failure;
    expect([reply.status, error?.code]).toEqual([status, code]);
    return error;
  }

  it('gets an error of the one shape, with an id that is in the headers too', async () => {
    const reply = await shop.call('GET', '/api/v1/orders/order_1', undefined, {
      headers: { 'x-request-id': '0b8e9d6e-1c1f-4a4c-9d0e-3f1f5a2b7c8d' },
    });
    const { error } = reply.body as Failure;
    expect(Object.keys(error)).toEqual(['code', 'message', 'details', 'requestId', 'timestamp', 'documentationUrl']);
    expect([error.requestId, reply.headers.get('x-request-id')]).toEqual(new Array(2).fill('0b8e9d6e-1c1f-4a4c-9d0e-3f1f5a2b7c8d'));
    expect(error.timestamp).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    const page = await fetch(stack.url + error.documentationUrl.split('#')[0]);
    expect(await page.text()).toContain('<h2 id="not_found">');
    const odd = await shop.call('GET', '/api/v1/orders/order_1', undefined, { headers: { 'x-request-id': '"><script>' } });
    expect(odd.headers.get('x-request-id')).toMatch(/^req_[0-9a-z]{26}$/);
  });

  it('is told where its JSON breaks, and which names it may not use', async () => {
    expect((await refused(400, 'VALIDATION_ERROR', '{"sku": "a",\n  "name": }')).details.body).toMatch(/line 2, column 11/);
    expect((await refused(400, 'VALIDATION_ERROR', '{"sku": "a"')).details.body).toBeDefined();
    for (const key of ['__proto__', 'constructor', 'prototype']) {
      expect((await refused(400, 'VALIDATION_ERROR', `{"sku":"a","x":{"${key}":{"polluted":1}}}`)).details).toHaveProperty([`x.${key}`]);
    }
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect((await refused(400, 'VALIDATION_ERROR', { ...product, nmae: 'x' })).details.nmae).toMatch(/Did you mean "name"/);
    expect((await refused(400, 'VALIDATION_ERROR', '[]')).details).toBeDefined();
    expect((await refused(400, 'VALIDATION_ERROR', `${'['.repeat(40)}${']'.repeat(40)}`)).message).toMatch(/nested/);
  });

  it('names every field that is wrong at once', async () => {
    expect((await refused(400, 'VALIDATION_ERROR', { sku: '', price: -1, currency: 'usd' })).details).toEqual({
      sku: 'It must have at least 1 characters.',
      name: 'It is required.',
      price: 'It must be at least 0.',
      currency: expect.stringContaining('ISO 4217'),
    });
    expect((await refused(400, 'VALIDATION_ERROR', { ...product, price: 1.001 })).details).toEqual({
      price: expect.stringContaining('2 decimal digits'),
    });
    expect((await refused(400, 'VALIDATION_ERROR', { ...product, price: '1' })).details).toEqual({ price: 'It must be a number.' });
    expect((await refused(400, 'VALIDATION_ERROR', { ...product, currency: 'XXX' })).details).toHaveProperty('currency');
  });

  it('may be one MiB, JSON, and not compressed', async () => {
    await refused(413, 'PAYLOAD_TOO_LARGE', { ...product, description: 'x'.repeat(1_100_000) });
    await refused(415, 'UNSUPPORTED_MEDIA_TYPE', product, { headers: { 'content-type': 'text/plain' } });
    await refused(415, 'UNSUPPORTED_MEDIA_TYPE', product, { headers: { 'content-type': 'application/json; charset=latin1' } });
    await refused(415, 'UNSUPPORTED_MEDIA_TYPE', product, { headers: { 'content-encoding': 'gzip' } });
    const reply = await shop.call('POST', '/api/v1/products', undefined, { headers: { 'content-type': 'application/json' } });
    expect((reply.body as Failure).error).toMatchObject({ code: 'VALIDATION_ERROR', details: { body: 'It is empty.' } });
    expect(
      (
        await shop.call(
          'POST',
          '/api/v1/products',
          { ...product, sku: 'utf8' },
          { headers: { 'content-type': 'application/json; charset=UTF-8' } },
        )
      ).status,
    ).toBe(201);
  });

  it('finds known paths under wrong methods, and unknown ones nowhere', async () => {
    const wrong = await shop.call('PATCH', '/api/v1/orders');
    expect([wrong.status, wrong.headers.get('allow'), (wrong.body as Failure).error.code]).toEqual([
      405,
      'GET, POST, HEAD, OPTIONS',
      'METHOD_NOT_ALLOWED',
    ]);
    const options = await send(stack, 'OPTIONS', '/api/v1/orders/x', {
      headers: { origin: 'https://shop.example', 'access-control-request-method': 'GET' },
    });
    expect([options.status, options.headers.get('allow'), options.headers.get('access-control-allow-origin')]).toEqual([
      204,
      'GET, PUT, DELETE, HEAD, OPTIONS',
      'https://shop.example',
    ]);
    for (const path of [
      '/',
      '/api/v1',
      '/api/v1/orders/',
      '/api/v2/orders',
      '/api/v1/../internal',
      '/api/v1/orders/%2e%2e',
      '/api/v1//orders',
      `/${'a/'.repeat(50)}`,
    ]) {
      expect([path, (await fetch(stack.url + path)).status]).toEqual([
        path,
        expect.toSatisfy((status: number) => status === 404 || status === 401),
      ]);
    }
  });

  it('lets a page of an allowed origin read the answer, and no other', async () => {
    const { id } = await stack.admin.accounts.create({ slug: 'web-shop', name: 'Web', allowedOrigins: ['https://shop.example'] });
    expect(id).toMatch(/^acct_/);
    const key = await stack.key({ account: 'web-shop' });
    const from = async (origin: string) =>
      (await send(stack, 'GET', '/api/v1/products', { key, headers: { origin } })).headers.get('access-control-allow-origin');
    expect([await from('https://shop.example'), await from('https://evil.example')]).toEqual(['https://shop.example', null]);
  });

  it('that is not HTTP gets a plain refusal, and the next one is served', async () => {
    const { hostname, port } = new URL(stack.url);
    const raw = (text: string): Promise<string> =>
      new Promise((resolve, reject) => {
        const socket = connect(Number(port), hostname, () => socket.end(text));
        let answer = '';
        socket.on('data', (chunk) => {
          answer += chunk;
        });
        socket.on('close', () => resolve(answer)).on('error', reject);
      });
    expect(await raw('HELLO\r\n\r\n')).toMatch(/^HTTP\/1\.1 400/);
    expect(await raw(`GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 4\d\d/);
    const smuggled = await raw(
      'POST /api/v1/orders HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /api/health HTTP/1.1\r\nhost: x\r\n\r\n',
    );
    expect(smuggled).toMatch(/^HTTP\/1\.1 400/);
    expect(smuggled).not.toMatch(/"ready"/);
    expect((await fetch(`${stack.url}/api/health`)).status).toBe(200);
  });

  it('learns nothing of the inside when something breaks', async () => {
    const reply = await shop.call('GET', `/api/v1/inventory/${encodeURIComponent("'; drop table x; --")}`);
    expect(reply.status).toBe(404);
    const nul = await shop.call('GET', '/api/v1/inventory/%00');
    expect(nul.status).toBeGreaterThanOrEqual(400);
    expect(nul.text).not.toMatch(/select|postgres|stack|at \//i);
  });
});

describe('health', () => {
  it('says of a database that takes no writes that it is not up, and goes on answering', async () => {
    await using stack = await startStack({ topology: 'all-in-one' });
    const shop = await openShop(stack);
    const { default: pg } = await import('pg');
    const name = new URL(stack.databaseUrl).pathname.slice(1);
    const client = new pg.Client({ connectionString: stack.databaseUrl });
    await client.connect();
    await client.query(`alter database "${name}" set default_transaction_read_only = on`);
    await client.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
    const health = async () => {
      const answer = await fetch(`${stack.url}/api/health`);
      const { status, ready, dependencies } = (await answer.json()) as Record<string, unknown>;
      return { code: answer.status, status, ready, dependencies };
    };
    await expect
      .poll(health)
      .toMatchObject({ code: 200, status: 'degraded', ready: true, dependencies: { postgres: { status: 'fallback', required: true } } });
    await expect.poll(async () => (await shop.call('GET', '/api/v1/products')).status).toBe(200);
    await client.query(`alter database "${name}" reset default_transaction_read_only`);
    await client.end();
    await expect.poll(health).toMatchObject({ code: 200, status: 'up' });
  });

  it('says what is up, and 503 with Retry-After when the database is gone', async () => {
    await using stack = await startStack({ topology: 'all-in-one' });
    const health = await (await fetch(`${stack.url}/api/health`)).json();
    expect(health).toMatchObject({ status: 'up', live: true, ready: true, dependencies: { postgres: { status: 'up' } } });
    expect((await fetch(`${stack.url}/api/health/live`)).status).toBe(200);
    expect((await fetch(`${stack.internalUrl}/health`)).status).toBe(200);
    expect(await (await fetch(`${stack.internalUrl}/metrics`)).text()).toMatch(
      /portico_http_request_duration_seconds_count\{route="getHealth"/,
    );
    const shop = await openShop(stack);
    await shop.product();
    // The whole database is taken away under the running platform.
    const { default: pg } = await import('pg');
    const { pathname } = new URL(stack.databaseUrl);
    const server = new URL(stack.databaseUrl);
    server.pathname = '/postgres';
    const client = new pg.Client({ connectionString: server.href });
    await client.connect();
    await client.query(`alter database "${pathname.slice(1)}" allow_connections false`);
    await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [pathname.slice(1)]);
    await expect.poll(async () => (await fetch(`${stack.url}/api/health`)).status).toBe(503);
    const reply = await shop.call('GET', '/api/v1/products', undefined, { headers: { 'cache-control': 'no-cache' } });
    expect([reply.status, (reply.body as Failure).error.code, reply.headers.get('retry-after')]).toEqual([503, 'SERVICE_UNAVAILABLE', '1']);
    expect(reply.text).not.toMatch(/ECONN|127\.0|pg_|postgres:/);
    await client.query(`alter database "${pathname.slice(1)}" allow_connections true`);
    await client.end();
    await expect.poll(async () => (await shop.call('GET', '/api/v1/products')).status).toBe(200);
  });
});
