import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signRequest } from '@portico/mesh/access/sign-request';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CommandIo } from '../cli/command.ts';
import { runCli } from '../cli/run-cli.ts';
import { writePrivateFile } from '../kept/private-file.ts';
import { announceRunning } from '../kept/running-file.ts';
import { doctor } from './doctor.ts';
import { request } from './request/request.ts';

type Received = { method: string | undefined; url: string | undefined; headers: IncomingHttpHeaders; body: string };

const now = new Date('2026-06-15T12:00:00.000Z');
const received: Received[] = [];
let status = 200;
let port = 0;
let dataDir = '';
const server = createServer(async (req, res) => {
  let body = '';
  for await (const chunk of req) body += String(chunk);
  received.push({ method: req.method, url: req.url, headers: req.headers, body });
  res.writeHead(status, { 'content-type': 'application/json', 'retry-after': '7' }).end('{"data":[]}');
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  port = address.port;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'portico-commands-'));
  status = 200;
  received.length = 0;
});
afterEach(() => rmSync(dataDir, { recursive: true }));

async function run(args: string[], env: Record<string, string> = {}): Promise<{ code: number; out: string; err: string }> {
  const said = { out: '', err: '' };
  const io: CommandIo = {
    env: { DATA_DIR: dataDir, ...env },
    out: (text) => {
      said.out += `${text}\n`;
    },
    err: (text) => {
      said.err += `${text}\n`;
    },
    readInput: async () => Buffer.from('{"from":"input"}'),
    now: () => now,
  };
  const code = await runCli([doctor, request], args, io);
  return { code, ...said };
}

const credentials = ['--key', 'ak_test_1', '--secret', 'sk_1'];

describe('portico request', () => {
  it('signs exactly the target that it sends', async () => {
    const target = '/api/v1/../v1/orders?q=a%2Fb&x=[1]';
    const { code } = await run(['request', 'get', target, ...credentials, '--url', `http://127.0.0.1:${port}/ignored`]);
    expect(code).toBe(0);
    const expected = signRequest({ method: 'GET', target, key: 'ak_test_1', secret: 'sk_1', scheme: 'v2', nowMs: now.getTime() });
    expect(received[0]).toMatchObject({ method: 'GET', url: target, headers: { 'x-api-signature': expected['X-API-Signature'] } });
  });

  it('goes where the platform listens, with the key that the start printed', async () => {
    using _running = announceRunning(dataDir, {
      pid: process.pid,
      publicUrl: `http://127.0.0.1:${port}`,
      internalUrl: 'http://127.0.0.1:1',
    });
    writePrivateFile(join(dataDir, 'demo-key.json'), { id: 'key_1', key: 'ak_test_demo', secret: 'sk_demo' });
    expect((await run(['request', 'GET', '/api/v1/orders'])).code).toBe(0);
    expect(received[0]?.headers['x-api-key']).toBe('ak_test_demo');
  });

  it('sends a body from standard input as JSON, with the headers that were asked for', async () => {
    const extra = ['--data', '-', '--header', 'Idempotency-Key: abc', '--scheme', 'sha256'];
    await run(['request', 'POST', '/api/v1/orders', ...credentials, ...extra, '--url', `http://127.0.0.1:${port}`]);
    expect(received[0]).toMatchObject({
      body: '{"from":"input"}',
      headers: { 'idempotency-key': 'abc', 'content-type': 'application/json' },
    });
    expect(received[0]?.headers['x-api-signature']).toMatch(/^sha256=/);
  });

  it('fails for an error answer, and still prints it', async () => {
    status = 429;
    const { code, out, err } = await run(['request', 'GET', '/', ...credentials, '--url', `http://127.0.0.1:${port}`]);
    expect({ code, out: JSON.parse(out), err }).toEqual({ code: 1, out: { data: [] }, err: 'HTTP 429\nretry-after: 7\n' });
  });

  it('prints one JSON object when asked to', async () => {
    const { out } = await run(['request', 'GET', '/', ...credentials, '--url', `http://127.0.0.1:${port}`, '--json']);
    expect(JSON.parse(out)).toMatchObject({ status: 200, headers: { 'retry-after': '7' }, body: { data: [] } });
  });

  it('says that nobody answers, and what to do', async () => {
    const { code, err } = await run(['request', 'GET', '/', ...credentials, '--url', 'http://127.0.0.1:1']);
    expect(code).toBe(1);
    expect(err).toContain('npm start');
  });

  it.each([
    [['BREW', '/'], 'is not a method'],
    [['GET', 'orders'], 'begins with /'],
    [['GET', '/a b'], '/a%20b'],
    [['GET', '/', '--header', 'nonsense', ...credentials], 'name: value'],
    [['GET', '/'], '--key and --secret are needed'],
  ])('refuses %j', async (args, message) => {
    const { code, err } = await run(['request', ...args]);
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(received).toEqual([]);
  });
});

describe('portico doctor', () => {
  it('finds a port that another program has, and says what to do', async () => {
    const { code, out } = await run(['doctor'], { PORT: String(port), INTERNAL_PORT: '0' });
    expect(code).toBe(1);
    expect(out).toContain(`FAIL  PORT           ${port} is taken by another program`);
    expect(out).toContain('set PORT to another port');
  });

  it('knows the port of a running start of its own', async () => {
    using _running = announceRunning(dataDir, {
      pid: process.pid,
      publicUrl: `http://127.0.0.1:${port}`,
      internalUrl: 'http://127.0.0.1:1',
    });
    const { code, out } = await run(['doctor', '--json'], { PORT: String(port), INTERNAL_PORT: '0' });
    expect(JSON.parse(out)).toMatchObject({ healthy: true, checks: { PORT: { ok: true }, postgres: { ok: true } } });
    expect(code).toBe(0);
  });

  it('tells a database that does not answer from one that is not set', async () => {
    const { out } = await run(['doctor', '--json'], {
      DATABASE_URL: 'postgres://user:secret@127.0.0.1:1/none',
      PORT: '0',
      INTERNAL_PORT: '0',
    });
    expect(JSON.parse(out).checks.postgres).toMatchObject({ ok: false, advice: expect.stringContaining('DATABASE_URL') });
    expect(out).not.toContain('secret');
  });
});
