import { type ChildProcess, fork } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, get, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { silentLogger, testEnvironment } from '@portico/service-kit/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { type SandboxProvider, type SandboxSettings, start } from './server.ts';

const CLIENT = { clientId: 'portico', clientSecret: 'a-secret-of-the-client', callbackSecret: 'a-secret-of-callbacks' };
let closing: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of closing.reverse()) await one[Symbol.asyncDispose]();
  closing = [];
});

async function open(more: Partial<SandboxSettings> = {}): Promise<SandboxProvider> {
  const provider = await start({ host: '127.0.0.1', port: 0, ...CLIENT, ...more }, { logger: silentLogger });
  closing.push(provider);
  return provider;
}

type Reply = { status: number; headers: Headers; body: Record<string, unknown> & { error?: { code: string } } };

async function tokenOf(url: string, secret = CLIENT.clientSecret): Promise<Response> {
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: CLIENT.clientId, client_secret: secret });
  return fetch(`${url}/oauth/token`, { method: 'POST', body });
}

async function clientOf(
  url: string,
  patienceMs = 20_000,
): Promise<(method: string, path: string, body?: unknown, key?: string) => Promise<Reply>> {
  const { access_token: token } = (await (await tokenOf(url)).json()) as { access_token: string };
  return async (method, path, body, key) => {
    const headers: Record<string, string> = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    if (key !== undefined) headers['idempotency-key'] = key;
    const answer = await fetch(url + path, {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(patienceMs),
    });
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Reply['body'] };
  };
}

const charge = (token: string, more: Record<string, unknown> = {}) => ({ amount: 2_500, currency: 'USD', token, ...more });

/** Takes callbacks; refuses the first `refusals` of them. */
async function receiver(refusals = 0): Promise<{ url: string; taken: { headers: IncomingHttpHeaders; body: string }[] }> {
  const taken: { headers: IncomingHttpHeaders; body: string }[] = [];
  let left = refusals;
  const server = createServer((req, res) => {
    text(req).then((body) => {
      if (left > 0) left -= 1;
      else taken.push({ headers: req.headers, body });
      res.writeHead(left > 0 || taken.length === 0 ? 503 : 204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push({ [Symbol.asyncDispose]: async () => void server.close() });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, taken };
}

describe('the sandbox provider', () => {
  it('gives a token to its client only, and answers nothing without one', async () => {
    const { url } = await open();
    expect((await tokenOf(url, 'wrong')).status).toBe(401);
    expect((await fetch(`${url}/v1/charges/ch_1`)).status).toBe(401);
    const call = await clientOf(url);
    expect((await call('GET', '/v1/charges/ch_1')).status).toBe(404);
  });

  it('makes one charge per idempotency key, and refuses the key for another request', async () => {
    const call = await clientOf((await open()).url);
    const tries = await Promise.all([1, 2, 3].map(() => call('POST', '/v1/charges', charge('tok_visa'), 'k1')));
    expect(new Set(tries.map(({ body }) => body.id)).size).toBe(1);
    expect(await call('POST', '/v1/charges', charge('tok_visa', { amount: 1 }), 'k1')).toMatchObject({
      status: 409,
      body: { error: { code: 'idempotency_conflict' } },
    });
    const { body } = await call('GET', '/v1/charges?idempotencyKey=k1');
    expect(body.data).toEqual([expect.objectContaining({ id: tries[0]?.body.id, amount: 2_500, status: 'succeeded' })]);
    expect((await call('POST', '/v1/charges', charge('tok_visa'))).status).toBe(400);
  });

  it.each([[{ amount: 0 }], [{ amount: 1.5 }], [{ currency: 'XXX' }], [{ token: 'tok_nobody' }], [{ surprise: 1 }]])(
    'refuses %j',
    async (more) => {
      const call = await clientOf((await open()).url);
      expect(await call('POST', '/v1/charges', charge('tok_visa', more), 'k')).toMatchObject({ status: 400 });
    },
  );

  it('says in one line what of a request does not hold, and knows no address that is none', async () => {
    const { url } = await open();
    const call = await clientOf(url);
    const { body } = await call('POST', '/v1/charges', charge('tok_visa', { amount: 0, currency: 'XXX' }), 'k');
    expect(body.error).toMatchObject({
      message: 'amount: Too small: expected number to be >=1; currency: It is not a currency that can be charged.',
    });
    expect((await call('POST', '/v1/charges', null, 'k')).body.error).toMatchObject({ message: expect.stringMatching(/^body: /) });
    const [status] = await once(get({ port: new URL(url).port, host: '127.0.0.1', path: '//' }), 'response');
    expect(status.statusCode).toBe(404);
  });

  it('declines with a code, the same on every try', async () => {
    const call = await clientOf((await open()).url);
    for (const _ of [1, 2]) {
      expect(await call('POST', '/v1/charges', charge('tok_insufficient_funds'), 'k')).toMatchObject({
        status: 402,
        body: { error: { code: 'insufficient_funds', type: 'card_error' } },
      });
    }
  });

  it('is unavailable twice, or too busy once, and then succeeds', async () => {
    const call = await clientOf((await open()).url);
    const statuses = async (token: string): Promise<number[]> => {
      const seen: number[] = [];
      for (const _ of [1, 2, 3]) seen.push((await call('POST', '/v1/charges', charge(token), token)).status);
      return seen;
    };
    expect(await statuses('tok_flaky')).toEqual([503, 503, 201]);
    const limited = await call('POST', '/v1/charges', charge('tok_rate_limited'), 'other');
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '1']);
    expect(await statuses('tok_rate_limited')).toEqual([429, 201, 201]);
  });

  it('leaves no charge when it hangs, and a charge when it cuts the connection', async () => {
    const { url } = await open();
    const [call, hurried] = [await clientOf(url), await clientOf(url, 1_500)];
    await expect(hurried('POST', '/v1/charges', charge('tok_timeout'), 'hung')).rejects.toThrow(/timeout/);
    expect((await call('GET', '/v1/charges?idempotencyKey=hung')).body.data).toEqual([]);
    await expect(call('POST', '/v1/charges', charge('tok_unknown_outcome'), 'cut')).rejects.toThrow(/fetch failed/);
    expect((await call('GET', '/v1/charges?idempotencyKey=cut')).body.data).toEqual([expect.objectContaining({ status: 'succeeded' })]);
  });

  it('gives back once per key, and never more than was charged', async () => {
    const call = await clientOf((await open()).url);
    const { body } = await call('POST', '/v1/charges', charge('tok_visa'), 'k');
    const path = `/v1/charges/${body.id}/refunds`;
    const [first, again] = [await call('POST', path, { amount: 2_000 }, 'r'), await call('POST', path, { amount: 2_000 }, 'r')];
    expect(again.body).toEqual(first.body);
    expect((await call('POST', path, { amount: 501 }, 'r2')).status).toBe(400);
    expect((await call('POST', path, { amount: 500 }, 'r3')).status).toBe(201);
    expect(await call('POST', path, { amount: 1 }, 'r4')).toMatchObject({
      status: 409,
      body: { error: { code: 'charge_already_refunded' } },
    });
  });

  it('sends back the first refund of a card whose bank does, once it was made, and tells so', async () => {
    const { url, taken } = await receiver();
    const provider = await open({ pendingMs: 0 });
    provider.sendCallbacksTo(url);
    const call = await clientOf(provider.url);
    const { body } = await call('POST', '/v1/charges', charge('tok_refund_fails'), 'k');
    const refund = (key: string) => call('POST', `/v1/charges/${body.id}/refunds`, {}, key);
    expect(await refund('r1')).toMatchObject({ status: 201, body: { status: 'succeeded', amount: 2_500 } });
    await expect.poll(() => taken.length).toBe(1);
    expect(JSON.parse(taken[0]?.body ?? '')).toMatchObject({ type: 'refund.failed', data: { idempotencyKey: 'k', refunded: 0 } });
    expect((await refund('r2')).status).toBe(201);
    const { body: now } = await call('GET', `/v1/charges/${body.id}`);
    expect(now).toEqual({ ...body, refunded: 2_500 });
  });

  it('signs callbacks, and sends one again until it is taken', async () => {
    const { url, taken } = await receiver(2);
    const provider = await open({ retryDelaysMs: [5, 5, 5], pendingMs: 0 });
    provider.sendCallbacksTo(url);
    const call = await clientOf(provider.url);
    const { body } = await call('POST', '/v1/charges', charge('tok_pending'), 'k');
    expect(body.status).toBe('pending');
    await expect.poll(() => taken.length).toBe(1);
    const { headers = {} as IncomingHttpHeaders, body: sent = '' } = taken[0] ?? {};
    expect(JSON.parse(sent)).toMatchObject({ type: 'charge.succeeded', data: { id: body.id, idempotencyKey: 'k', status: 'succeeded' } });
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${sent}`;
    expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', CLIENT.callbackSecret).update(signed).digest('base64')}`);
  });

  it('remembers a charge, and the callback that it owes, when it is killed right after its answer', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
    closing.push({ [Symbol.asyncDispose]: async () => rmSync(folder, { recursive: true, force: true }) });
    const journalFile = join(folder, 'journal.jsonl');
    const { child, url } = await startProcess(journalFile);
    const call = await clientOf(url);
    const { body } = await call('POST', '/v1/charges', charge('tok_visa'), 'k');
    await expect(call('POST', '/v1/charges', charge('tok_unknown_outcome'), 'cut')).rejects.toThrow(/fetch failed/);
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    const provider = await open({ journalFile });
    const { url: target, taken } = await receiver();
    provider.sendCallbacksTo(target);
    expect((await (await clientOf(provider.url))('POST', '/v1/charges', charge('tok_visa'), 'k')).body.id).toBe(body.id);
    await expect.poll(() => taken.map((one) => JSON.parse(one.body).data.idempotencyKey)).toEqual(['cut']);
  });
});

async function startProcess(journalFile: string): Promise<{ child: ChildProcess; url: string }> {
  const child = fork(new URL('./main.ts', import.meta.url), {
    env: testEnvironment({
      PORT: '0',
      LOG_LEVEL: 'silent',
      SANDBOX_JOURNAL: journalFile,
      SANDBOX_CLIENT_SECRET: CLIENT.clientSecret,
      SANDBOX_CALLBACK_SECRET: CLIENT.callbackSecret,
    }),
  });
  closing.push({ [Symbol.asyncDispose]: async () => void child.kill('SIGKILL') });
  const [message] = (await once(child, 'message')) as [{ url: string }];
  return { child, url: message.url };
}
