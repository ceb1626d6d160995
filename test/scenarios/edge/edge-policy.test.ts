// What the edge promises to browsers, to proxies, and over TLS.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasOpenssl, rawExchange, writeCertificate } from '@portico/service-kit/http/testing-sockets';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Key } from '../../stack/credentials.ts';
import { send } from '../../stack/send.ts';
import { type Stack, startStack, TOPOLOGIES } from '../../stack/start-stack.ts';

const TARGET = '/api/v1/products?fields=id';

describe.each(TOPOLOGIES)('headers, origins and proxies, %s', (topology) => {
  let stack: Stack;
  let key: Key;
  beforeAll(async () => {
    stack = await startStack({ topology, shared: true, env: { DEVELOPMENT: 'true', CORS_ORIGINS: 'https://console.example' } });
    await stack.admin.accounts.create({ slug: 'policy-shop', name: 'Web', allowedOrigins: ['https://shop.example'] });
    key = await stack.key({ account: 'policy-shop' });
  });
  afterAll(() => stack?.[Symbol.asyncDispose]());

  it('tell nothing of what runs here, and let no answer be taken for another type', async () => {
    const found = await send(stack, 'GET', TARGET, { key });
    const etag = found.headers.get('etag') ?? '';
    const replies = [
      found,
      await send(stack, 'GET', TARGET, { key, headers: { 'if-none-match': etag } }),
      await send(stack, 'GET', TARGET),
      await send(stack, 'GET', '/nowhere'),
      await send(stack, 'OPTIONS', TARGET),
      await send(stack, 'PATCH', '/api/v1/orders'),
      await send(stack, 'GET', '/docs/errors'),
      await send(stack, 'GET', '/api/health'),
    ];
    expect(replies.map(({ status }) => status)).toEqual([200, 304, 401, 404, 204, 405, 200, 200]);
    const { answers } = await rawExchange(stack.url, 'BAD\r\n\r\n');
    for (const headers of [...replies.map((reply) => Object.fromEntries(reply.headers)), ...answers.map((answer) => answer.headers)]) {
      expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-request-id': expect.stringMatching(/^req_/) });
      // RFC 6797, 7.2: not over plain HTTP.
      for (const name of ['server', 'x-powered-by', 'via', 'strict-transport-security']) expect(headers).not.toHaveProperty([name]);
    }
  });

  it('give GraphiQL a policy: its own scripts by hash, no frame around it', async () => {
    const page = await fetch(`${stack.internalUrl}/graphql`, { headers: { accept: 'text/html' } });
    const [policy, html] = [page.headers.get('content-security-policy') ?? '', await page.text()];
    expect([page.status, page.headers.get('content-type'), page.headers.get('x-content-type-options')]).toEqual([
      200,
      'text/html; charset=utf-8',
      'nosniff',
    ]);
    expect(html).toMatch(/renderYogaGraphiQL/);
    for (const part of ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"])
      expect(policy.split('; ')).toContain(part);
    // That the page works under it is shown in a browser.
    expect(/script-src ([^;]*)/.exec(policy)?.[1]).toMatch(/^(?:'sha256-[\w+/]{43}=' ?)+$/);
    expect(policy).not.toMatch(/https?:/);
    const plain = await fetch(`${stack.internalUrl}/metrics`);
    expect([plain.headers.get('x-content-type-options'), plain.headers.get('x-powered-by')]).toEqual(['nosniff', null]);
  });

  it('let pages of the configured and of the account’s origins read, and no other', async () => {
    const from = async (origin: string): Promise<string | null> =>
      (await send(stack, 'GET', TARGET, { key, headers: { origin } })).headers.get('access-control-allow-origin');
    for (const origin of ['https://shop.example', 'https://console.example']) expect(await from(origin)).toBe(origin);
    const others = [
      'https://evil.example',
      'http://shop.example',
      'https://shop.example.evil.example',
      'https://shop.example:444',
      'null',
      '*',
    ];
    for (const origin of others) expect([origin, await from(origin)]).toEqual([origin, null]);
    const foreign = await stack.key();
    const reply = await send(stack, 'GET', TARGET, { key: foreign, headers: { origin: 'https://shop.example' } });
    expect([reply.status, reply.headers.get('access-control-allow-origin')]).toEqual([200, null]);
    // A refusal is readable only to a configured origin: nobody has shown a key.
    const refused = await send(stack, 'GET', TARGET, { headers: { origin: 'https://shop.example' } });
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([401, null]);
  });

  it('keep an answer for one origin from being kept for another', async () => {
    for (const headers of [{}, { origin: 'https://shop.example' }, { origin: 'https://evil.example' }] as Record<string, string>[])
      expect((await send(stack, 'GET', TARGET, { key, headers })).headers.get('vary')).toMatch(/\bOrigin\b/);
  });

  it('answer a preflight without promising anything', async () => {
    const preflight = await send(stack, 'OPTIONS', '/api/v1/orders', {
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-api-key' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-methods')).toBe('GET, POST, HEAD, OPTIONS');
    expect(preflight.headers.get('access-control-allow-credentials')).toBeNull();
    expect(Number(preflight.headers.get('access-control-max-age'))).toBeLessThanOrEqual(600);
    expect(await send(stack, 'GET', TARGET, { key, headers: { origin: 'https://evil.example' } })).toMatchObject({ status: 200 });
  });

  it('do not believe X-Forwarded-For of a client', async () => {
    const bound = await stack.key({ allowedAddresses: ['203.0.113.0/24'] });
    for (const headers of [
      { 'x-forwarded-for': '203.0.113.7' },
      { forwarded: 'for=203.0.113.7' },
      { 'x-real-ip': '203.0.113.7' },
    ] as Record<string, string>[])
      expect((await send(stack, 'GET', TARGET, { key: bound, headers })).status).toBe(403);
  });
});

describe.each(TOPOLOGIES)('behind a trusted proxy, %s', (topology) => {
  it('the client is who the proxy says, not who the client says', async () => {
    await using stack = await startStack({ topology, shared: true, env: { TRUSTED_PROXIES: '127.0.0.0/8, ::1, 10.0.0.0/8' } });
    const bound = await stack.key({ allowedAddresses: ['203.0.113.0/24'] });
    const cases: [Record<string, string>, number][] = [
      [{ 'x-forwarded-for': '203.0.113.7' }, 200],
      [{ forwarded: 'for="203.0.113.7:4711";proto=https' }, 200],
      [{ 'x-forwarded-for': '203.0.113.7, 10.0.0.1' }, 200],
      [{ 'x-forwarded-for': '203.0.113.7, 198.51.100.1' }, 403],
      [{ 'x-forwarded-for': '203.0.113.7, 198.51.100.1, 10.0.0.1' }, 403],
      [{ 'x-forwarded-for': '198.51.100.1', forwarded: 'for=203.0.113.7' }, 403],
      [{}, 403],
    ];
    for (const [headers, status] of cases)
      expect([headers, (await send(stack, 'GET', TARGET, { key: bound, headers })).status]).toEqual([headers, status]);
  });
});

describe.skipIf(!hasOpenssl())('over TLS (needs openssl)', () => {
  it('every answer says so, refusals too, and a renewed certificate is shown without a restart', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'portico-tls-'));
    const { certFile, keyFile } = await writeCertificate(folder, 'first');
    await using stack = await startStack({ topology: 'all-in-one', env: { TLS_CERT: certFile, TLS_KEY: keyFile } });
    expect(stack.url).toMatch(/^https:/);
    const ask = async (path: string, headers: Record<string, string> = {}) => {
      const ca = await readFile(certFile);
      return new Promise<{ status: number | undefined; hsts: string | undefined }>((resolve, reject) => {
        const sent = request(stack.url + path, { ca, headers, agent: false }, (answer) => {
          answer.resume();
          resolve({ status: answer.statusCode, hsts: answer.headers['strict-transport-security'] });
        });
        sent.on('error', reject).end();
      });
    };
    const hsts = expect.stringMatching(/^max-age=31536000/);
    expect(await ask('/api/health')).toEqual({ status: 200, hsts });
    expect(await ask(TARGET)).toEqual({ status: 401, hsts });
    expect(await ask('/', { expect: 'nothing' })).toEqual({ status: 400, hsts });
    expect(await ask('/portal/api/trpc/me.get')).toEqual({ status: 401, hsts });
    expect(await ask('/portal/api/auth/get-session')).toEqual({ status: 200, hsts });
    await writeCertificate(folder, 'second');
    // Trusts only what is in the file now.
    await expect.poll(() => ask('/api/health').catch(() => undefined)).toEqual({ status: 200, hsts });
    await rm(folder, { recursive: true });
  });

  it('a certificate without its key is a problem of the configuration', async () => {
    await expect(startStack({ topology: 'all-in-one', env: { TLS_CERT: '/nowhere' } })).rejects.toThrow(/TLS_CERT and TLS_KEY go together/);
  });
});
