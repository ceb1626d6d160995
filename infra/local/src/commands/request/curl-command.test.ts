import { spawn, spawnSync } from 'node:child_process';
import { createServer, type IncomingMessage } from 'node:http';
import { signRequest } from '@portico/mesh/access/sign-request';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { curlCommand } from './curl-command.ts';

type Received = Pick<IncomingMessage, 'method' | 'url' | 'headers'> & { body: string };

const received: Received[] = [];
let origin = '';
const server = createServer(async (req, res) => {
  const chunks: Buffer[] = [];
  for await (const chunk of req as AsyncIterable<Buffer>) chunks.push(chunk);
  received.push({ method: req.method, url: req.url, headers: req.headers, body: Buffer.concat(chunks).toString() });
  res.end('ok');
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  origin = `http://127.0.0.1:${address.port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const hasZsh = spawnSync('zsh', ['--version']).status === 0;
const credentials = { key: 'ak_test_0123', secret: "sk_it's $HOME `id` \\ %s" };

async function paste(shell: string, line: string): Promise<string> {
  const child = spawn(shell, ['-c', line], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  for await (const chunk of child.stdout) said += String(chunk);
  return said;
}

async function expectSigned(shell: string, request: { method: string; target: string; body?: string }): Promise<void> {
  const begunAt = Date.now();
  expect(await paste(shell, curlCommand({ origin, ...request, ...credentials }))).toBe('ok');
  const got = received.pop();
  if (got === undefined) throw new Error('Nothing arrived.');
  const { method, target, body = '' } = request;
  expect(got).toMatchObject({ method, url: target, body });
  const timestamp = Number(got.headers['x-timestamp']);
  expect([timestamp >= Math.floor(begunAt / 1_000), timestamp <= Date.now() / 1_000]).toEqual([true, true]);
  const expected = signRequest({ method, target, body, ...credentials, scheme: 'v2', nowMs: timestamp * 1000 });
  expect(got.headers['x-api-signature']).toBe(expected['X-API-Signature']);
  expect(got.headers['x-api-key']).toBe(expected['X-API-Key']);
}

describe.each(['bash', 'sh', ...(hasZsh ? ['zsh'] : [])])('the printed line, pasted into %s', (shell) => {
  it('signs a GET with a query at the moment it runs', () =>
    expectSigned(shell, { method: 'GET', target: '/api/v1/orders?perPage=2&sort=total' }));

  it('sends the target as it was signed, whatever curl and printf think of it', () =>
    expectSigned(shell, { method: 'GET', target: "/api/v1/../orders?q=100%25's&f[]={a,b}" }));

  it('signs and sends a body byte by byte', () =>
    expectSigned(shell, { method: 'POST', target: '/api/v1/orders', body: `{"notes":"it's $HOME, \\"100 %s\\" \\n é"}` }));

  it('keeps the method of a DELETE', () => expectSigned(shell, { method: 'DELETE', target: '/api/v1/orders/order_1' }));
});
