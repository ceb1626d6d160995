import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Listener, listen } from '@portico/service-kit/http/http-listener';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPages } from './open-pages.ts';

const SCRIPT = 'console.log(1)';
let folder: string;
let server: Listener;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'portico-pages-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<style nonce="__NONCE__"></style>');
  writeFileSync(join(folder, 'secret.js'), 'outside of assets');
  writeFileSync(join(folder, 'assets/app-1.js'), SCRIPT);
  writeFileSync(join(folder, 'assets/app-1.js.br'), 'packed by br');
  const handler = openPages('/portal', folder);
  if (handler === undefined) throw new Error('There are pages.');
  server = await listen({ host: '127.0.0.1', port: 0, shutdownTimeoutMs: 500, handler });
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const get = (path: string, init: RequestInit = {}): Promise<Response> => fetch(`${server.url}${path}`, { redirect: 'manual', ...init });

/** As it is written: `fetch` would make a path of it that leads nowhere. */
function getRaw(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(server.url);
    const asked = request({ hostname, port, path }, (res) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk) => chunks.push(chunk)).on('end', () => resolve(Buffer.concat(chunks).toString()));
    });
    asked.once('error', reject).end();
  });
}

describe('the pages of a side', () => {
  it('are one document under every path, kept nowhere, whose styles carry a nonce that is never the same', async () => {
    const nonces = new Set<string>();
    for (const path of ['/portal/', '/portal/accounts/acct_1/keys?mode=test', '/portal/secret.js']) {
      const response = await get(path);
      const text = await response.text();
      const nonce = /nonce="([^"]+)"/.exec(text)?.[1] ?? '';
      expect(response.headers.get('content-security-policy')).toContain(`style-src 'self' 'nonce-${nonce}'`);
      expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';/);
      expect(response.headers.get('cache-control')).toBe('no-store');
      nonces.add(nonce);
    }
    expect(nonces.size).toBe(3);
  });

  it('have assets that are kept for good, packed for whoever unpacks them, and not sent twice', async () => {
    const packed = await fetch(`${server.url}/portal/assets/app-1.js`, { method: 'HEAD', headers: { 'accept-encoding': 'gzip, br' } });
    expect(packed.headers.get('content-encoding')).toBe('br');
    const plain = await get('/portal/assets/app-1.js', { headers: { 'accept-encoding': 'br;q=0' } });
    expect(await plain.text()).toBe(SCRIPT);
    expect(plain.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    const headers = { 'accept-encoding': 'identity', 'if-none-match': plain.headers.get('etag') ?? '' };
    expect((await get('/portal/assets/app-1.js', { headers })).status).toBe(304);
  });

  it.each([
    '/portal/assets/../secret.js',
    '/portal/assets/..%2fsecret.js',
    '/portal/assets/%2e%2e/secret.js',
    '/portal/assets/app-1.js.br',
  ])('lead out of their folder by no path: %s', async (path) => {
    expect(await getRaw(path)).toBe('');
  });

  it('are at home under a slash, and take nothing', async () => {
    const moved = await get('/portal?mode=test');
    expect([moved.status, moved.headers.get('location')]).toEqual([308, '/portal/?mode=test']);
    expect((await get('/portal/', { method: 'POST' })).status).toBe(405);
  });

  it('are not there where none were built', () => {
    expect(openPages('/portal', join(folder, 'nowhere'))).toBeUndefined();
  });
});
