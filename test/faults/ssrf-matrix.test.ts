// Every spelling of an address that must not be called, over every path that takes a URL: 0 connections to a listener that waits where they lead, and
// 0 attempts at a connection that would have led elsewhere.
import { connect, isIP } from 'node:net';
import { newId } from '@portico/contracts/ids';
import { askSubgraph, testCaller } from '@portico/service-kit/testing';
import type { Resolve } from '@portico/webhook-relay/sending/guard-address';
import { createSender, type Sender } from '@portico/webhook-relay/sending/send';
import { HOSTILE_NAMES, hostileUrls } from '@portico/webhook-relay/testing/hostile-addresses';
import { startTestRelay, TENANT, type TestRelay, testEvent } from '@portico/webhook-relay/testing/start-test-relay';
import { expect, it } from 'vitest';
import { printCounts } from './counts.ts';
import { startTrap } from './relay/trap.ts';

/** A port that endpoints may have. What is sent to it goes to the listener's. */
const PORT = 8443;
/** Public by its form, and given to nobody: what goes there arrives nowhere. */
const NOBODY = '2d00::1';
const caller = testCaller(['read', 'write'], { ...TENANT, requestId: newId('request') });
const anew = () => ({ ...caller, requestId: newId('request') });

const literals = hostileUrls(PORT).map(({ url }) => url);
/** Names that lead to the same addresses, and those whose answers are hostile in other ways. */
const addressOf = new Map<string, readonly string[]>([
  ...[...new Set(literals.flatMap(addressIn))].map((address, i): [string, string[]] => [`n${i}.partner.example`, [address]]),
  ...HOSTILE_NAMES.map(({ name, addresses }): [string, readonly string[]] => [name, addresses]),
]);
const names = [...addressOf.keys()].map((name) => `https://${name}:${PORT}/hook`);

function addressIn(url: string): string[] {
  if (!URL.canParse(url)) return [];
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  return isIP(host) === 0 ? [] : [host];
}

/** Names whose answer changes with every question: public, then hostile, or the other way round. */
const REBINDING: ReadonlyMap<string, readonly [string, string]> = new Map([
  ['turns.partner.example', [NOBODY, '127.0.0.1']],
  ['turns6.partner.example', [NOBODY, '::1']],
  ['metadata-turns.partner.example', [NOBODY, '169.254.169.254']],
  ['turns-back.partner.example', ['127.0.0.1', NOBODY]],
]);
const asked = new Map<string, number>();

const resolve: Resolve = async (hostname) => {
  const times = asked.get(hostname) ?? 0;
  asked.set(hostname, times + 1);
  const turning = REBINDING.get(hostname);
  const addresses = turning === undefined ? (addressOf.get(hostname) ?? []) : [turning[times % 2] ?? ''];
  return addresses.map((address) => ({ address, family: isIP(address) }));
};

/** `timeoutMs`: of every attempt; as the relay has it otherwise. */
function senderTo(port: number, timeoutMs?: number): Sender {
  const sender = createSender({ policy: { allowLoopback: false, ports: [port] }, resolve });
  return {
    send: (request) =>
      sender.send({
        ...request,
        url: request.url.replace(`:${PORT}`, `:${port}`),
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
      }),
    [Symbol.asyncDispose]: () => sender[Symbol.asyncDispose](),
  };
}

type Registered = { registerWebhookEndpoint: { id: string; status: string; verificationFailure: { code: string } | null } };

function register(relay: TestRelay, url: string): Promise<Registered> {
  const source = `mutation ($url: String!) { registerWebhookEndpoint(input: { url: $url, events: ["*"] }) { id status verificationFailure { code } } }`;
  return askSubgraph<Registered>(relay.relay, { ...anew(), accountId: newId('account') }, source, { url });
}

function change(relay: TestRelay, id: string, url: string): Promise<unknown> {
  const source = 'mutation ($id: ID!, $url: String!) { updateWebhookEndpoint(id: $id, input: { url: $url }) { url } }';
  return askSubgraph(relay.relay, anew(), source, { id, url });
}

type Tested = { testWebhookEndpoint: { delivered: boolean; error: { code: string } | null } };

async function tested(relay: TestRelay, id: string): Promise<[delivered: boolean, code: string | undefined]> {
  const source = 'mutation ($id: ID!) { testWebhookEndpoint(id: $id) { delivered error { code } } }';
  const { testWebhookEndpoint: answer } = await askSubgraph<Tested>(relay.relay, anew(), source, { id });
  return [answer.delivered, answer.error?.code];
}

const replayOne = (relay: TestRelay, id: unknown): Promise<unknown> =>
  askSubgraph(relay.relay, anew(), 'mutation ($id: ID!) { replayWebhookDelivery(id: $id) { id } }', { id });

async function replayAll(relay: TestRelay, endpointIds: Iterable<string>): Promise<void> {
  const source = 'mutation ($id: ID!, $input: StartWebhookReplayInput!) { startWebhookReplay(endpointId: $id, input: $input) { total } }';
  const input = { what: 'failed', since: '2020-01-01T00:00:00.000Z' };
  for (const id of endpointIds) await askSubgraph(relay.relay, anew(), source, { id, input });
  while ((await relay.relay.runTask('run-replays')) > 0);
}

/** Everything that was delivered so far is dead, and its endpoint as it was at first: sent again it goes out at once. */
async function bury(relay: TestRelay): Promise<void> {
  await relay.sql(`update webhooks.delivery set status = 'dead', next_attempt_at = null`, []);
  await relay.sql(`update webhooks.endpoint set circuit = 'closed', circuit_failures = 0, gate_until = null where status = 'active'`, []);
}

async function outcomes(relay: TestRelay): Promise<unknown> {
  const [row] = await relay.sql(
    `select count(*)::int as attempts, count(*) filter (where error_code like 'blocked%')::int as blocked,
       count(distinct endpoint_id)::int as endpoints from webhooks.attempt`,
    [],
  );
  return row;
}

const REFUSED = { code: 'VALIDATION_ERROR', details: { url: expect.any(String) } };

it('connects to no hostile address by creating, challenging, changing, testing, delivering or replaying', async () => {
  await using trap = await startTrap();
  await using sender = senderTo(trap.port);
  await using relay = await startTestRelay({ allowLoopback: false, sender });
  expect(literals.length + names.length).toBeGreaterThanOrEqual(120);

  for (const url of literals) await expect(register(relay, url), url).rejects.toMatchObject(REFUSED);
  for (const url of names) {
    const { registerWebhookEndpoint: made } = await register(relay, url);
    expect([url, made.status, made.verificationFailure?.code]).toEqual([url, 'disabled', 'blocked_address']);
  }
  const good = await relay.endpoint(`https://good.partner.example:${PORT}/hook`, { status: 'paused' });
  for (const url of [...literals, ...names]) await expect(change(relay, good, url), url).rejects.toMatchObject(REFUSED);
  expect(await relay.sql('select url from webhooks.endpoint where id = $1', [good])).toEqual([
    { url: `https://good.partner.example:${PORT}/hook` },
  ]);

  // As if they had come past that: from a backup, from a version with a hole.
  const ids = new Map<string, string>();
  for (const url of [...literals, ...names]) ids.set(await relay.endpoint(url), url);
  for (const [id, url] of ids)
    expect([url, ...(await tested(relay, id))]).toEqual([url, false, expect.stringMatching(/^blocked_(url|address)$/)]);

  const times = (n: number) => ({ attempts: n * ids.size, blocked: n * ids.size, endpoints: ids.size });
  await relay.publish(testEvent());
  await relay.deliver();
  expect(await outcomes(relay)).toEqual(times(1));
  await bury(relay);
  for (const { id } of await relay.sql('select id from webhooks.delivery where endpoint_id <> $1', [good])) await replayOne(relay, id);
  await relay.deliver();
  expect(await outcomes(relay)).toEqual(times(2));
  await bury(relay);
  await replayAll(relay, ids.keys());
  await relay.deliver();
  expect(await outcomes(relay)).toEqual(times(3));

  printCounts('addresses', {
    URLs: literals.length,
    names: names.length,
    paths: 7,
    connections: trap.connections(),
    'attempts to connect': trap.attempted().length,
  });
  expect([trap.connections(), trap.attempted()]).toEqual([0, []]);
  // Both do count.
  const socket = connect(trap.port, '127.0.0.1');
  await expect.poll(() => trap.connections()).toBe(1);
  expect(trap.attempted()).toEqual(['127.0.0.1']);
  socket.destroy();
});

it('judges the very answer that it connects to, so that a name that changes its answers leads nowhere else', async () => {
  await using trap = await startTrap();
  // Nobody answers at the public address.
  await using sender = senderTo(trap.port, 200);
  asked.clear();
  await using relay = await startTestRelay({ allowLoopback: false, sender });
  const urls = [...REBINDING.keys()].map((name) => `https://${name}:${PORT}/hook`);
  /** Each way twice, so that every name gives both of its answers. */
  const twice = async (way: (url: string) => Promise<unknown>): Promise<void> => {
    for (const url of [...urls, ...urls]) await way(url);
  };
  await twice((url) => register(relay, url));
  const good = await relay.endpoint(`https://good.partner.example:${PORT}/hook`, { status: 'paused' });
  await twice((url) => expect(change(relay, good, url), url).rejects.toMatchObject(REFUSED));
  const ids = new Map<string, string>();
  for (const url of urls) ids.set(url, await relay.endpoint(url));
  await twice(async (url) => expect((await tested(relay, ids.get(url) ?? ''))[0]).toBe(false));
  await relay.publish(testEvent());
  await relay.deliver();
  for (let again = 0; again < 3; again += 1) {
    await bury(relay);
    for (const { id } of await relay.sql('select id from webhooks.delivery where endpoint_id <> $1', [good])) await replayOne(relay, id);
    await relay.deliver();
  }
  const questions = [...REBINDING.keys()].map((name) => asked.get(name));
  printCounts('names that change their answers', {
    names: urls.length,
    questions: questions.reduce((sum = 0, n = 0) => sum + n, 0) ?? 0,
    connections: trap.connections(),
    'attempts to connect to what was public': trap.attempted().length,
  });
  // Once for an attempt: there is no second question whose answer could differ.
  expect(questions).toEqual(urls.map(() => 10));
  expect(new Set(trap.attempted())).toEqual(new Set([NOBODY]));
  expect(trap.connections()).toBe(0);
});
