import { newApiKey } from '@portico/contracts/api-key-text';
import { within } from '@portico/service-kit/testing-stopwatch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Key } from '../../stack/credentials.ts';
import { type Reply, send } from '../../stack/send.ts';
import { type Stack, startStack, TOPOLOGIES } from '../../stack/start-stack.ts';

type Failure = { error: { code: string; message: string; details: Record<string, unknown> } };
const TARGET = '/api/v1/products?fields=id';

describe.each(TOPOLOGIES)('API keys, %s', (topology) => {
  let stack: Stack;
  let key: Key;
  beforeAll(async () => {
    stack = await startStack({ topology, shared: true });
    key = await stack.key();
  });
  afterAll(() => stack?.[Symbol.asyncDispose]());

  const statusAndCode = ({ status, body }: Reply): [number, string | undefined] => [status, (body as Failure | undefined)?.error?.code];

  it('open the API under either signature scheme', async () => {
    for (const scheme of ['sha256', 'v2'] as const) expect((await send(stack, 'GET', TARGET, { key, scheme })).status).toBe(200);
  });

  it('are asked for, with a word on how', async () => {
    const reply = await send(stack, 'GET', TARGET);
    expect(statusAndCode(reply)).toEqual([401, 'AUTHENTICATION_ERROR']);
    expect(reply.headers.get('www-authenticate')).toMatch(/^HMAC-SHA256 realm="portico"/);
  });

  it('are refused with a reason when the request is not theirs', async () => {
    const refusals = {
      unknown: await send(stack, 'GET', TARGET, { key: { ...key, key: newApiKey('test') } }),
      mistyped: await send(stack, 'GET', TARGET, { key: { ...key, key: `${key.key.slice(0, -1)}${key.key.endsWith('z') ? 'y' : 'z'}` } }),
      'wrong secret': await send(stack, 'GET', TARGET, { key: { ...key, secret: 'sk_other' } }),
      late: await send(stack, 'GET', TARGET, { key, nowMs: Date.now() - 301_000 }),
      early: await send(stack, 'GET', TARGET, { key, nowMs: Date.now() + 320_000 }),
      'no signature': await send(stack, 'GET', TARGET, {
        headers: { 'x-api-key': key.key, 'x-timestamp': String(Math.floor(Date.now() / 1000)) },
      }),
    };
    const messages = new Set<string>();
    for (const [name, reply] of Object.entries(refusals)) {
      expect([name, ...statusAndCode(reply)]).toEqual([name, 401, 'AUTHENTICATION_ERROR']);
      messages.add((reply.body as Failure).error.message);
    }
    expect(messages.size).toBe(Object.keys(refusals).length);
  });

  it('count a signature of a change once, whatever is changed', async () => {
    const options = { key, body: { sku: 'ONCE', name: 'x', price: 1, currency: 'USD' }, nowMs: Date.now() };
    expect((await send(stack, 'POST', '/api/v1/products', options)).status).toBe(201);
    const again = await send(stack, 'POST', '/api/v1/products', options);
    expect((again.body as Failure).error.message).toMatch(/used before/);
    const moved = await send(stack, 'POST', '/api/v1/products', { ...options, headers: { 'idempotency-key': 'new' } });
    expect(moved.status).toBe(401);
  });

  it('that demand v2 take nothing less', async () => {
    const strict = await stack.key({ signatures: ['v2'] });
    expect((await send(stack, 'GET', TARGET, { key: strict })).status).toBe(200);
    expect((await send(stack, 'GET', TARGET, { key: strict, scheme: 'sha256' })).status).toBe(401);
  });

  it('stop within a second of being revoked, and at once when they are regenerated', async () => {
    const revoked = await stack.key();
    expect((await send(stack, 'GET', TARGET, { key: revoked })).status).toBe(200);
    await stack.admin.apiKeys.revoke(revoked.id);
    const statusOf = async (used: Key): Promise<number> => (await send(stack, 'GET', TARGET, { key: used })).status;
    await within(1_000, () => expect.poll(() => statusOf(revoked), { interval: 20 }).toBe(401));
    const old = await stack.key();
    await send(stack, 'GET', TARGET, { key: old });
    const next = { ...old, ...(await stack.admin.apiKeys.regenerate(old.id)) };
    expect((await send(stack, 'GET', TARGET, { key: next })).status).toBe(200);
    await within(1_000, () => expect.poll(() => statusOf(old), { interval: 20 }).toBe(401));
    const rotated = { ...next, ...(await stack.admin.apiKeys.rotate(next.id, 60_000)) };
    for (const one of [next, rotated]) expect((await send(stack, 'GET', TARGET, { key: one })).status).toBe(200);
  });

  it('do what their scopes say and name the one that is missing', async () => {
    const reader = await stack.key({ scopes: ['products:read'] });
    expect((await send(stack, 'GET', TARGET, { key: reader })).status).toBe(200);
    const cases: [string, string, string, unknown?][] = [
      ['GET', '/api/v1/orders', 'orders:read'],
      ['POST', '/api/v1/products', 'products:write', { sku: 'a', name: 'b', price: 1, currency: 'USD' }],
      ['GET', '/api/v1/products?fields=id,inventory.available', 'inventory:read'],
      ['GET', '/api/v1/search?q=x&types=orders', 'orders:read'],
    ];
    for (const [method, target, scope, body] of cases) {
      const reply = await send(stack, method, target, { key: reader, body });
      expect([target, ...statusAndCode(reply), (reply.body as Failure).error.details]).toEqual([
        target,
        403,
        'AUTHORIZATION_ERROR',
        { requiredScope: scope },
      ]);
    }
    expect(Object.keys(((await send(stack, 'GET', '/api/v1/search?q=x', { key: reader })).body as { data: object }).data)).toEqual([
      'products',
    ]);
  });

  it('can be bound to addresses', async () => {
    const elsewhere = await stack.key({ allowedAddresses: ['203.0.113.0/24'] });
    expect(statusAndCode(await send(stack, 'GET', TARGET, { key: elsewhere }))).toEqual([403, 'AUTHORIZATION_ERROR']);
    const here = await stack.key({ allowedAddresses: ['127.0.0.0/8', '::1/128'] });
    expect((await send(stack, 'GET', TARGET, { key: here })).status).toBe(200);
  });

  it('are refused at birth when what is asked for is no such thing', async () => {
    for (const [given, field] of [
      [{ scopes: ['orders:delete'] }, 'scopes[0]'],
      [{ scopes: ['graph:read'] }, 'scopes[0]'],
      [{ allowedAddresses: ['10.0.0.0/33'] }, 'allowedAddresses[0]'],
    ] as const) {
      await expect(
        stack.key({
          ...given,
          scopes: [...(('scopes' in given && given.scopes) || ['read'])],
          allowedAddresses: [...(('allowedAddresses' in given && given.allowedAddresses) || [])],
        }),
      ).rejects.toMatchObject({
        code: 'VALIDATION_ERROR',
        details: { [field]: expect.any(String) },
      });
    }
  });
});
