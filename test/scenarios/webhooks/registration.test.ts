import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signingTimes } from '../../stack/send.ts';
import { openShop, type Shop } from '../../stack/shop.ts';
import { type Sink, startSink } from '../../stack/sink.ts';
import { type Stack, startStack, TOPOLOGIES } from '../../stack/start-stack.ts';

type Webhook = { id: string; secret: string; url: string; status: string; verificationFailure: { code: string } | null };

describe.each(TOPOLOGIES)('webhooks, %s', (topology) => {
  let stack: Stack;
  let sink: Sink;
  let shop: Shop;

  beforeAll(async () => {
    stack = await startStack({ topology, shared: true });
    sink = await startSink();
    shop = await openShop(stack);
  });
  afterAll(async () => {
    await sink?.[Symbol.asyncDispose]();
    await stack?.[Symbol.asyncDispose]();
  });

  const nextTime = signingTimes();
  const anew = (): { nowMs: number } => ({ nowMs: nextTime() });
  const register = (given: object = {}): Promise<Webhook> =>
    shop.data(201, 'POST', '/api/v1/webhooks', { url: sink.url, events: ['order.created'], ...given }, anew());

  it('are active once they answered a signed test, and show their secret in that answer only', async () => {
    const reply = await shop.call('POST', '/api/v1/webhooks', {
      url: sink.url,
      events: ['order.created'],
      headers: { 'X-Partner': 's3cret' },
    });
    const made = (reply.body as { data: Webhook }).data;
    expect([reply.status, reply.headers.get('location'), made.status]).toEqual([201, `/api/v1/webhooks/${made.id}`, 'active']);
    const test = sink.received.at(-1);
    expect(test?.headers).toMatchObject({ 'x-webhook-event': 'webhook.test', 'x-partner': 's3cret' });
    const expected = `sha256=${createHmac('sha256', made.secret)
      .update(test?.body ?? '')
      .digest('hex')}`;
    expect(test?.headers['x-webhook-signature']).toBe(expected);
    const shown = await shop.call('GET', `/api/v1/webhooks/${made.id}`);
    expect(shown.headers.get('x-cache')).toBe('bypass');
    const list = await shop.call('GET', '/api/v1/webhooks?expand=');
    for (const text of [shown.text, (await shop.call('GET', '/api/v1/webhooks')).text, list.text]) {
      expect(text).not.toContain(made.secret);
      expect(text).not.toContain('s3cret');
    }
    expect((await shop.call('GET', `/api/v1/webhooks/${made.id}?fields=secret`)).status).toBe(400);
  });

  it('that do not answer say why, and are activated by a test that reports all of it', async () => {
    sink.status = 503;
    const made = await register();
    expect(made).toMatchObject({ status: 'disabled', disabledReason: 'unverified', verificationFailure: { code: 'status' } });
    const failed = { delivered: false, response: { status: 503, body: 'thanks' }, error: { code: 'status' } };
    expect(await shop.data(200, 'POST', `/api/v1/webhooks/${made.id}/test`, undefined, anew())).toMatchObject(failed);
    sink.status = 200;
    expect(await shop.data(200, 'POST', `/api/v1/webhooks/${made.id}/test`, undefined, anew())).toMatchObject({
      delivered: true,
      request: {
        headers: { 'content-type': 'application/json', 'X-Webhook-Event': 'webhook.test' },
        body: expect.stringContaining('challenge'),
      },
      webhook: { status: 'active' },
      timings: { totalMs: expect.any(Number) },
    });
  });

  it('are registered once for one idempotency key, whose answer is not kept with its secret', async () => {
    const headers = { 'idempotency-key': `key-${Math.random()}` };
    const body = { url: sink.url, events: ['*'] };
    const [first, second] = [
      await shop.data<Webhook>(201, 'POST', '/api/v1/webhooks', body, { headers, ...anew() }),
      await shop.data<Webhook>(201, 'POST', '/api/v1/webhooks', body, { headers, ...anew() }),
    ];
    expect([second.id, second.secret]).toEqual([first.id, first.secret]);
    expect((await shop.call('POST', '/api/v1/webhooks', { ...body, events: ['inventory.low'] }, { headers, ...anew() })).status).toBe(409);
  });

  it('are replaced by PUT, with the version that was read', async () => {
    const made = await register({ description: 'Warehouse', concurrency: 3, headers: { 'X-Partner': '1' } });
    const etag = (await shop.call('GET', `/api/v1/webhooks/${made.id}`)).headers.get('etag') ?? '';
    const put = (headers: Record<string, string>, body: object) => shop.call('PUT', `/api/v1/webhooks/${made.id}`, body, { headers });
    const changed = await put({ 'if-match': etag }, { url: made.url, events: ['inventory.low'] });
    expect(changed.body).toMatchObject({
      data: { events: ['inventory.low'], description: null, concurrency: 10, headerNames: ['X-Partner'], status: 'active' },
    });
    expect((await put({ 'if-match': etag }, { url: made.url, events: ['*'] })).status).toBe(412);
    expect((await put({}, { events: ['*'] })).body).toMatchObject({ error: { details: { url: expect.any(String) } } });
  });

  it('rotate, pause, resume and go', async () => {
    const { id, secret } = await register();
    const post = (action: string, body?: object): Promise<Webhook> => shop.data(200, 'POST', `/api/v1/webhooks/${id}/${action}`, body);
    const rotated = await post('rotate-secret');
    expect(rotated.secret).not.toBe(secret);
    expect(await post('rotate-secret/complete')).toMatchObject({ previousSecretExpiresAt: null });
    expect(await post('pause')).toMatchObject({ status: 'paused' });
    expect(await post('resume', { drainPerSecond: 7 })).toMatchObject({ status: 'active', drainPerSecond: 7 });
    expect(await post('disable')).toMatchObject({ status: 'disabled', disabledReason: 'switched_off' });
    expect(await post('enable', { drainPerSecond: 7 })).toMatchObject({ status: 'active', drainPerSecond: 7 });
    expect((await shop.call('DELETE', `/api/v1/webhooks/${id}`)).status).toBe(204);
    expect((await shop.call('GET', `/api/v1/webhooks/${id}`)).status).toBe(404);
  });

  it('count a replay before it starts: a dry run creates nothing', async () => {
    const { id } = await register();
    const path = `/api/v1/webhooks/${id}/replays`;
    const body = { what: 'failed', since: '2026-01-01T00:00:00Z' };
    expect(await shop.data(200, 'POST', path, { ...body, dryRun: true })).toMatchObject({ id: null, total: 0 });
    const started = await shop.call('POST', path, body);
    expect([started.status, started.headers.get('location')]).toEqual([201, expect.stringMatching(/^\/api\/v1\/replays\/replay_/)]);
    expect(await shop.data(200, 'GET', started.headers.get('location') ?? '')).toMatchObject({ webhookId: id, what: 'failed' });
    expect(await shop.data(200, 'GET', path)).toHaveLength(1);
  });

  it('are told why a signature does not verify', async () => {
    const { secret } = await register();
    const { headers, body } = sink.received.at(-1) ?? { headers: {}, body: '' };
    const path = '/api/v1/webhooks/verify-signature';
    const given = Object.fromEntries(Object.entries(headers).filter(([name]) => name.includes('webhook')));
    const valid = { house: { valid: true }, standard: { valid: true } };
    expect(await shop.data(200, 'POST', path, { headers: given, body, secret })).toMatchObject(valid);
    const spaced = JSON.stringify(JSON.parse(body), null, 2);
    const reply = await shop.call('POST', path, { headers: given, body: spaced, secret });
    expect(reply.body).toMatchObject({ data: { house: { valid: false, findings: [{ code: 'body_reserialized' }] } } });
    expect(reply.text).not.toContain(secret);
    // What it answers is made with the secret, so it is not kept for an idempotency key either.
    const keyed = { headers: { 'idempotency-key': `key-${Math.random()}` } };
    for (const _ of ['first', 'again']) {
      const answer = await shop.call('POST', path, { headers: given, body, secret }, { ...keyed, ...anew() });
      expect([answer.status, answer.headers.get('idempotent-replayed')]).toEqual([200, null]);
    }
  });

  it('can list event types, and events as the webhook body has them', async () => {
    const types = await shop.data<{ name: string; schemas: object }[]>(200, 'GET', '/api/v1/event-types');
    expect(types.find(({ name }) => name === 'order.created')?.schemas).toMatchObject({ '1': { properties: { data: expect.anything() } } });
    expect((await shop.call('GET', '/api/v1/events?event=order.created')).status).toBe(200);
    expect((await shop.call('GET', '/api/v1/events?event=order.creatd')).status).toBe(400);
  });
});
