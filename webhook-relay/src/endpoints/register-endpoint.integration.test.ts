import { newId } from '@portico/contracts/ids';
import { askSubgraph, testCaller } from '@portico/service-kit/testing';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { ENDPOINT_FIELDS, type Endpoint, type EndpointWorld, withEndpoints } from '../testing/endpoint-world.ts';
import { HOSTILE_NAMES, hostileResolve, hostileUrls } from '../testing/hostile-addresses.ts';
import { startDoor, startReceiver } from '../testing/start-receiver.ts';
import { startRelayGraph } from '../testing/start-relay-graph.ts';

let world: EndpointWorld;
withEndpoints((opened) => {
  world = opened;
});

describe('registration', () => {
  it('activates an endpoint that answers a signed challenge, and shows its secret in that answer only', async () => {
    world.status = 204;
    const caller = testCaller();
    const made = await world.register(caller, { headers: { Authorization: 'Bearer s3cret' } });
    expect(made).toMatchObject({ status: 'active', disabledReason: null, verificationFailure: null, headerNames: ['Authorization'] });
    const { headers, body } = world.lastRequest();
    expect(headers).toMatchObject({ authorization: 'Bearer s3cret', 'x-webhook-event': 'webhook.test', 'x-webhook-attempt': '1' });
    expect(new Webhook(made.secret ?? '').verify(body, headers)).toMatchObject({
      event: 'webhook.test',
      data: { endpointId: made.id, challenge: expect.stringMatching(/^.{32}$/) },
    });
    expect(await world.read(caller, made.id)).toEqual({ ...made, secret: null });
    const stored = JSON.stringify(
      await world.relay.subgraph.database.run(`select * from webhooks.endpoint where account_id = $1`, [caller.accountId]),
    );
    expect(stored).not.toContain(made.secret);
    expect(stored).not.toContain('s3cret');
  });

  it.each([
    ['a status', { url: undefined }, 'status'],
    ['a refused connection', { url: 'http://127.0.0.1:1/' }, 'connect'],
    ['a name without address', { url: 'https://nowhere.invalid/' }, 'dns'],
  ])('keeps an endpoint that fails with %s, says why, and activates it by a test', async (_, { url }, code) => {
    world.status = 500;
    const caller = testCaller();
    const made = await world.register(caller, url === undefined ? {} : { url });
    expect(made).toMatchObject({ status: 'disabled', disabledReason: 'unverified', verificationFailure: { code } });
    expect(made.secret).toMatch(/^whsec_/);
    for (const switching of ['pauseWebhookEndpoint', 'resumeWebhookEndpoint', 'enableWebhookEndpoint'])
      await expect(world.act(caller, switching, made.id)).rejects.toMatchObject({ code: 'INVALID_STATE' });
    world.status = 200;
    if (url !== undefined) expect(await world.change(caller, made.id, { url: world.receiver.url })).toMatchObject({ status: 'active' });
    const tested = await world.ask<{ delivered: boolean; endpoint: Endpoint }>(
      caller,
      `mutation ($id: ID!) { testWebhookEndpoint(id: $id) { delivered endpoint ${ENDPOINT_FIELDS} } }`,
      { id: made.id },
    );
    expect(tested).toMatchObject({ delivered: true, endpoint: { status: 'active', verificationFailure: null, secret: null } });
  });

  it.each([
    ['a name server that is silent', 'a name', 'timeout', 'the host name was not resolved'],
    ['a receiver that is silent', 'http', 'timeout', 'the request was sent and no status came'],
    ['a handshake that does not end', 'https', 'timeout', 'the TLS handshake did not end'],
    ['plain HTTP where TLS is due', 'https', 'tls', 'The TLS handshake failed.'],
  ])('says how far it got with %s', async (name, scheme, code, message) => {
    await using silent = await startRelayGraph({ resolve: () => new Promise(() => {}) });
    await using door = await startDoor((socket) => (name.startsWith('plain') ? socket.resume().end('HTTP/1.1 200 OK\r\n\r\n') : socket));
    const url = scheme === 'a name' ? 'https://slow.example/' : `${scheme}://127.0.0.1:${door.port}/`;
    const REGISTER = `mutation ($url: String!) { registerWebhookEndpoint(input: { url: $url, events: ["*"] }) ${ENDPOINT_FIELDS} }`;
    const { registerWebhookEndpoint: made } = await askSubgraph<{ registerWebhookEndpoint: Endpoint }>(
      silent.subgraph,
      testCaller(),
      REGISTER,
      { url },
    );
    expect(made).toMatchObject({ disabledReason: 'unverified', verificationFailure: { code, message: expect.stringContaining(message) } });
  });

  it.each([
    [{ events: ['order.creatd'] }, 'events[0]'],
    [{ events: [] }, 'events'],
    [{ secret: 'short' }, 'secret'],
    [{ headers: { 'X-A': 'a\r\nHost: b' } }, 'headers.X-A'],
    [{ headers: { 'webhook-signature': 'v1,x' } }, 'headers.webhook-signature'],
    [{ filter: { customer: ['x'] } }, 'filter.customer'],
    [{ filter: JSON.parse('{"__proto__":["x"]}') }, 'filter.__proto__'],
    [{ filter: 'all' }, 'filter'],
    [{ apiVersion: '3' }, 'apiVersion'],
    [{ concurrency: 0 }, 'concurrency'],
    [{ ratePerSecond: 1_001 }, 'ratePerSecond'],
    [{ url: 'ftp://example.com' }, 'url'],
    [{ description: 'Ours\u001b[2J' }, 'description'],
  ])('refuses %j, naming %s', async (wrong, field) => {
    await expect(world.register(testCaller(), wrong)).rejects.toMatchObject({
      code: 'VALIDATION_ERROR',
      details: { [field]: expect.any(String) },
    });
  });

  it('is made once by two tries of one request, with the same secret', async () => {
    const caller = testCaller(undefined, { idempotencySeed: newId('request').slice(-26) });
    const [first, second] = [await world.register(caller), await world.register(caller)];
    expect([second.id, second.secret]).toEqual([first.id, first.secret]);
  });

  it('ends at 50 endpoints, also for those that come at the same time', async () => {
    world.status = 500;
    const caller = testCaller();
    const tries = await Promise.allSettled(Array.from({ length: 53 }, () => world.register(caller)));
    expect(tries.filter((one) => one.status === 'fulfilled')).toHaveLength(50);
    for (const one of tries) if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'INVALID_STATE' });
    world.status = 200;
    await expect(world.register({ ...caller, mode: 'live' })).resolves.toMatchObject({ status: 'active' });
  });
});

describe('addresses that are not public', () => {
  it('are refused by the text of the URL, and by what its name resolves to, without a connection', async () => {
    await using guarded = await startRelayGraph({ allowLoopback: false, resolve: hostileResolve() });
    await using trap = await startReceiver(() => {});
    const caller = testCaller();
    const registering = (url: string) =>
      askSubgraph<{ registerWebhookEndpoint: Endpoint }>(
        guarded.subgraph,
        caller,
        `mutation ($url: String!) { registerWebhookEndpoint(input: { url: $url, events: ["*"] }) ${ENDPOINT_FIELDS} }`,
        { url },
      );
    for (const { url } of hostileUrls(trap.port))
      await expect(registering(url), url).rejects.toMatchObject({ code: 'VALIDATION_ERROR', details: { url: expect.any(String) } });
    for (const { name } of HOSTILE_NAMES) {
      const { registerWebhookEndpoint: made } = await registering(`https://${name}/`);
      expect([name, made.status, made.verificationFailure?.code]).toEqual([name, 'disabled', 'blocked_address']);
    }
    expect(trap.connections()).toBe(0);
  });
});
