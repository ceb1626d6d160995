import { request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stack, startStack } from '../../stack/start-stack.ts';

type Served = { status: number | undefined; headers: NodeJS.Dict<string | string[]>; body: Buffer };

describe('the documentation, as it is served', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack({ topology: 'all-in-one', shared: true });
  });
  afterAll(() => stack?.[Symbol.asyncDispose]());

  /** As a browser gets it: not unpacked. */
  function ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Served> {
    return new Promise((resolve, reject) => {
      const sent = request(stack.url + path, { method, headers }, async (answer) =>
        resolve({ status: answer.statusCode, headers: answer.headers, body: await buffer(answer) }),
      );
      sent.on('error', reject).end();
    });
  }

  it.each([
    ['/docs', /^text\/html/],
    ['/docs/webhooks', /^text\/html/],
    ['/docs/reference', /^text\/html/],
    ['/docs/assets/swagger-ui-bundle.js', /^text\/javascript/],
    ['/docs/assets/swagger-ui.css', /^text\/css/],
    ['/api/v1/openapi.json', /^application\/json/],
    ['/api/v1/postman.json', /^application\/json/],
  ])('%s comes as it is or compressed, once, and with HEAD', async (path, type) => {
    const plain = await ask(path);
    const packed = await ask(path, { 'accept-encoding': 'br, gzip' });
    expect([plain.status, packed.status]).toEqual([200, 200]);
    for (const { headers } of [plain, packed]) {
      expect(headers['content-type']).toMatch(type);
      expect(headers).toMatchObject({ vary: 'Accept-Encoding', 'x-content-type-options': 'nosniff' });
    }
    expect([plain.headers['content-encoding'], packed.headers['content-encoding']]).toEqual([undefined, 'gzip']);
    expect(gunzipSync(packed.body).equals(plain.body)).toBe(true);
    expect(packed.body.length).toBeLessThan(plain.body.length / 2);
    for (const [{ headers }, encoding] of [
      [plain, 'identity'],
      [packed, 'gzip'],
    ] as const) {
      const known = { 'if-none-match': String(headers.etag), 'accept-encoding': encoding };
      const again = await ask(path, known);
      expect([again.status, again.body.length, again.headers.etag]).toEqual([304, 0, headers.etag]);
      const head = await ask(path, { 'accept-encoding': encoding }, 'HEAD');
      expect([head.status, head.body.length, head.headers['content-length']]).toEqual([200, 0, headers['content-length']]);
    }
    expect(plain.headers.etag).not.toBe(packed.headers.etag);
  });

  it.each(['gzip;q=0', 'identity', 'gzipped', 'br', 'gzip; q=0.000, *;q=0'])(
    'nobody gets compressed what he did not ask for: %s',
    async (accepted) => {
      expect((await ask('/docs', { 'accept-encoding': accepted })).headers['content-encoding']).toBeUndefined();
    },
  );

  it('lets scripts run on one page alone, and only those of our host', async () => {
    const policyOf = async (path: string): Promise<string[]> => String((await ask(path)).headers['content-security-policy']).split('; ');
    for (const path of ['/docs', '/docs/errors', '/docs/events', '/docs/webhooks'])
      expect((await policyOf(path)).filter((part) => /^(?:script|connect)-src/.test(part))).toEqual([]);
    const policy = await policyOf('/docs/reference');
    for (const part of [
      "default-src 'none'",
      "script-src 'self'",
      "connect-src 'self'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
    ])
      expect(policy).toContain(part);
    expect(policy.join()).not.toMatch(/unsafe-eval|https?:/);
  });

  it('are found from the index of versions', async () => {
    const { versions, docs } = JSON.parse((await ask('/api')).body.toString());
    for (const path of [docs, versions[0].openapi, versions[0].postman]) expect((await ask(path)).status).toBe(200);
  });
});
