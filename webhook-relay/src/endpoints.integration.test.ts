import type { Caller } from '@portico/contracts/caller';
import { newId } from '@portico/contracts/ids';
import { askSubgraph, testCaller } from '@portico/service-kit/testing';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { updateEndpoint } from './endpoints/update-endpoint.ts';
import { createSender } from './sending/send.ts';
import { HOSTILE_NAMES, hostileResolve, hostileUrls } from './testing/hostile-addresses.ts';
import { type Receiver, response, startDoor, startReceiver } from './testing/start-receiver.ts';
import { type RelayGraphForTests, startRelayGraph } from './testing/start-relay-graph.ts';

let relay: RelayGraphForTests;
let receiver: Receiver;
let status = 200;
let clock = new Date();

beforeAll(async () => {
  relay = await startRelayGraph({ now: () => clock });
  receiver = await startReceiver((socket) => void socket.write(response(status, { 'x-answer': 'yes' }, 'thanks')));
});
afterAll(async () => {
  await receiver?.[Symbol.asyncDispose]();
  await relay?.[Symbol.asyncDispose]();
});

type Endpoint = {
  id: string;
  url: string;
  status: string;
  disabledReason: string | null;
  secret: string | null;
  version: number;
  verificationFailure: { code: string } | null;
  previousSecretExpiresAt: string | null;
};
const FIELDS = `{ id url events filter status disabledReason disabledAt secret headerNames apiVersion version verifiedAt drainPerSecond
  verificationFailure { code message } previousSecretExpiresAt concurrency schedule health { circuit failingSince } }`;

async function ask<Result>(caller: Caller, source: string, variables: Record<string, unknown> = {}): Promise<Result> {
  const data = await askSubgraph<Record<string, Result>>(relay.subgraph, caller, source, variables);
  return Object.values(data)[0] as Result;
}
const register = (caller: Caller, input: object = {}): Promise<Endpoint> =>
  ask(caller, `mutation ($input: RegisterWebhookEndpointInput!) { registerWebhookEndpoint(input: $input) ${FIELDS} }`, {
    input: { url: receiver.url, events: ['order.created'], ...input },
  });
const change = (caller: Caller, id: string, input: object, expectedVersion?: number): Promise<Endpoint> =>
  ask(
    caller,
    `mutation ($id: ID!, $input: UpdateWebhookEndpointInput!, $v: Int) { updateWebhookEndpoint(id: $id, input: $input, expectedVersion: $v) ${FIELDS} }`,
    { id, input, v: expectedVersion },
  );
const act = (caller: Caller, field: string, id: string, more = ''): Promise<Endpoint> =>
  ask(caller, `mutation ($id: ID!) { ${field}(id: $id ${more}) ${FIELDS} }`, { id });
const read = (caller: Caller, id: string): Promise<Endpoint | null> =>
  ask(caller, `query ($id: ID!) { webhookEndpoint(id: $id) ${FIELDS} }`, { id });

/** Header fields of the last request the receiver had, lower-case, and its body. */
function lastRequest(): { headers: Record<string, string>; body: string } {
  const [head = '', body = ''] = (receiver.requests.at(-1) ?? '').split('\r\n\r\n');
  const fields = head
    .split('\r\n')
    .slice(1)
    .map((line): [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    });
  return { headers: Object.fromEntries(fields), body };
}

describe('registration', () => {
  it('activates an endpoint that answers a signed challenge, and shows its secret in that answer only', async () => {
    status = 204;
    const caller = testCaller();
    const made = await register(caller, { headers: { Authorization: 'Bearer s3cret' } });
    expect(made).toMatchObject({ status: 'active', disabledReason: null, verificationFailure: null, headerNames: ['Authorization'] });
    const { headers, body } = lastRequest();
    expect(headers).toMatchObject({ authorization: 'Bearer s3cret', 'x-webhook-event': 'webhook.test', 'x-webhook-attempt': '1' });
    expect(new Webhook(made.secret ?? '').verify(body, headers)).toMatchObject({
      event: 'webhook.test',
      data: { endpointId: made.id, challenge: expect.stringMatching(/^.{32}$/) },
    });
    expect(await read(caller, made.id)).toEqual({ ...made, secret: null });
    const stored = JSON.stringify(
      await relay.subgraph.database.run(`select * from webhooks.endpoint where account_id = $1`, [caller.accountId]),
    );
    expect(stored).not.toContain(made.secret);
    expect(stored).not.toContain('s3cret');
  });

  it.each([
    ['a status', { url: undefined }, 'status'],
    ['a refused connection', { url: 'http://127.0.0.1:1/' }, 'connect'],
    ['a name without address', { url: 'https://nowhere.invalid/' }, 'dns'],
  ])('keeps an endpoint that fails with %s, says why, and activates it by a test', async (_, { url }, code) => {
    status = 500;
    const caller = testCaller();
    const made = await register(caller, url === undefined ? {} : { url });
    expect(made).toMatchObject({ status: 'disabled', disabledReason: 'unverified', verificationFailure: { code } });
    expect(made.secret).toMatch(/^whsec_/);
    for (const switching of ['pauseWebhookEndpoint', 'resumeWebhookEndpoint', 'enableWebhookEndpoint'])
      await expect(act(caller, switching, made.id)).rejects.toMatchObject({ code: 'INVALID_STATE' });
    status = 200;
    if (url !== undefined) expect(await change(caller, made.id, { url: receiver.url })).toMatchObject({ status: 'active' });
    const tested = await ask<{ delivered: boolean; endpoint: Endpoint }>(
      caller,
      `mutation ($id: ID!) { testWebhookEndpoint(id: $id) { delivered endpoint ${FIELDS} } }`,
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
    const REGISTER = `mutation ($url: String!) { registerWebhookEndpoint(input: { url: $url, events: ["*"] }) ${FIELDS} }`;
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
  ])('refuses %j, naming %s', async (wrong, field) => {
    await expect(register(testCaller(), wrong)).rejects.toMatchObject({
      code: 'VALIDATION_ERROR',
      details: { [field]: expect.any(String) },
    });
  });

  it('is made once by two tries of one request, with the same secret', async () => {
    const caller = testCaller(undefined, { idempotencySeed: newId('request').slice(-26) });
    const [first, second] = [await register(caller), await register(caller)];
    expect([second.id, second.secret]).toEqual([first.id, first.secret]);
  });

  it('ends at 50 endpoints, also for those that come at the same time', async () => {
    status = 500;
    const caller = testCaller();
    const tries = await Promise.allSettled(Array.from({ length: 53 }, () => register(caller)));
    expect(tries.filter((one) => one.status === 'fulfilled')).toHaveLength(50);
    for (const one of tries) if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'INVALID_STATE' });
    status = 200;
    await expect(register({ ...caller, mode: 'live' })).resolves.toMatchObject({ status: 'active' });
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
        `mutation ($url: String!) { registerWebhookEndpoint(input: { url: $url, events: ["*"] }) ${FIELDS} }`,
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

describe('a change', () => {
  it('moves a verified endpoint only to a URL that answers; until then the old one stays', async () => {
    status = 200;
    const caller = testCaller();
    const { id } = await register(caller);
    await expect(change(caller, id, { url: 'http://127.0.0.1:1/' })).rejects.toMatchObject({
      code: 'VALIDATION_ERROR',
      details: { url: expect.stringContaining('connect') },
    });
    expect(await read(caller, id)).toMatchObject({ url: receiver.url, status: 'active' });
    const moved = `${receiver.url}/moved`;
    await act(caller, 'pauseWebhookEndpoint', id);
    expect(await change(caller, id, { url: moved })).toMatchObject({ url: moved, status: 'paused' });
  });

  it('is refused for another version, and holds new events against a filter that stays', async () => {
    const caller = testCaller();
    const { id, version } = await register(caller, { filter: { customerId: ['cust_1'] } });
    await expect(change(caller, id, { description: 'x' }, version + 1)).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
    await expect(change(caller, id, { events: ['inventory.low'] })).rejects.toMatchObject({
      details: { 'filter.customerId': expect.stringContaining('inventory.low') },
    });
    expect(await change(caller, id, { events: ['inventory.low'], filter: null }, version)).toMatchObject({ version: version + 1 });
  });
});

describe('a change that another one overtakes', () => {
  /** The change, with something else done between its look at the endpoint and its writing. */
  async function overtaken(caller: Caller, id: string, input: object, meanwhile: () => Promise<unknown>): Promise<unknown> {
    const context = relay.subgraph.contextFor(caller);
    let looked = false;
    const write: typeof context.write = async (work) => {
      const result = await context.write(work);
      if (!looked) {
        looked = true;
        await meanwhile();
      }
      return result;
    };
    const policy = { allowLoopback: true };
    await using sender = createSender({ policy });
    return await updateEndpoint({ ...context, write }, { sender, policy, signal: new AbortController().signal, wake() {} }, id, input);
  }

  it('by a test moves no endpoint that is verified now to a URL that never answered', async () => {
    status = 500;
    const caller = testCaller();
    const { id } = await register(caller);
    status = 200;
    const test = () => ask(caller, 'mutation ($id: ID!) { testWebhookEndpoint(id: $id) { delivered } }', { id });
    await expect(overtaken(caller, id, { url: 'http://127.0.0.1:1/' }, test)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await read(caller, id)).toMatchObject({ url: receiver.url, status: 'active' });
  });

  it('leaves no filter that none of its events can pass', async () => {
    const caller = testCaller();
    const { id } = await register(caller);
    const others = () => change(caller, id, { events: ['inventory.low'] });
    await expect(overtaken(caller, id, { filter: { customerId: ['cust_1'] } }, others)).rejects.toMatchObject({
      code: 'VALIDATION_ERROR',
      details: { 'filter.customerId': expect.stringContaining('inventory.low') },
    });
    expect(await read(caller, id)).toMatchObject({ filter: null });
  });
});

describe('rotation', () => {
  it('signs with both secrets until it is completed, and trying twice keeps the one that receivers have', async () => {
    const caller = testCaller();
    const { id, secret: first } = await register(caller);
    const { secret: lost } = await act(caller, 'rotateWebhookSecret', id);
    const { secret: second, previousSecretExpiresAt } = await act(caller, 'rotateWebhookSecret', id, ', overlapSeconds: 3600');
    expect(previousSecretExpiresAt).toBe(new Date(clock.getTime() + 3_600_000).toISOString());
    const verifies = async (): Promise<boolean[]> => {
      await ask(caller, 'mutation ($id: ID!) { testWebhookEndpoint(id: $id) { delivered } }', { id });
      const { headers, body } = lastRequest();
      return [first, lost, second].map((secret) => {
        try {
          return new Webhook(secret ?? '').verify(body, headers) !== undefined;
        } catch {
          return false;
        }
      });
    };
    expect(await verifies()).toEqual([true, false, true]);
    expect(await act(caller, 'completeWebhookRotation', id)).toMatchObject({ previousSecretExpiresAt: null, secret: null });
    expect(await verifies()).toEqual([false, false, true]);
  });

  it('shows no overlap that has ended, and takes at most seven days', async () => {
    const caller = testCaller();
    const { id } = await register(caller);
    await act(caller, 'rotateWebhookSecret', id, ', overlapSeconds: 60');
    const before = clock;
    clock = new Date(before.getTime() + 61_000);
    expect(await read(caller, id)).toMatchObject({ previousSecretExpiresAt: null });
    clock = before;
    await expect(act(caller, 'rotateWebhookSecret', id, ', overlapSeconds: 604801')).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
  });
});

describe('switching', () => {
  it('goes from active to paused and back, and off and on', async () => {
    const caller = testCaller();
    const { id } = await register(caller);
    expect(await act(caller, 'pauseWebhookEndpoint', id)).toMatchObject({ status: 'paused' });
    const wakes = relay.wakes();
    expect(await act(caller, 'resumeWebhookEndpoint', id, ', drainPerSecond: 5')).toMatchObject({ status: 'active', drainPerSecond: 5 });
    expect(relay.wakes()).toBe(wakes + 1);
    expect(await act(caller, 'disableWebhookEndpoint', id)).toMatchObject({
      status: 'disabled',
      disabledReason: 'switched_off',
      disabledAt: clock.toISOString(),
    });
    await expect(act(caller, 'resumeWebhookEndpoint', id)).rejects.toMatchObject({ code: 'INVALID_STATE' });
    expect(await act(caller, 'enableWebhookEndpoint', id, ', drainPerSecond: 9')).toMatchObject({
      status: 'active',
      disabledReason: null,
      disabledAt: null,
      drainPerSecond: 9,
    });
    for (const field of ['enableWebhookEndpoint', 'resumeWebhookEndpoint'])
      await expect(act(caller, field, id, ', drainPerSecond: 0')).rejects.toMatchObject({
        details: { drainPerSecond: expect.any(String) },
      });
  });

  it('is for its own tenant only, with the scope to write', async () => {
    const { id } = await register(testCaller());
    await expect(act(testCaller(), 'pauseWebhookEndpoint', id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(act(testCaller(['webhooks:read']), 'pauseWebhookEndpoint', id)).rejects.toMatchObject({ code: 'AUTHORIZATION_ERROR' });
  });
});
