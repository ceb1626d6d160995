// Every spelling of an address that must not be called, over every path that takes a URL: 0 connections to a listener that waits where they lead.
import { connect, isIP } from 'node:net';
import { newId } from '@portico/contracts/ids';
import { askSubgraph, testCaller } from '@portico/service-kit/testing';
import type { Resolve } from '@portico/webhook-relay/sending/guard-address';
import { createSender, type Sender } from '@portico/webhook-relay/sending/send';
import { HOSTILE_NAMES, hostileUrls } from '@portico/webhook-relay/testing/hostile-addresses';
import { startReceiver } from '@portico/webhook-relay/testing/start-receiver';
import { startTestRelay, TENANT, type TestRelay, testEvent } from '@portico/webhook-relay/testing/start-test-relay';
import { expect, it } from 'vitest';

/** A port that endpoints may have. What is sent to it goes to the listener's. */
const PORT = 8443;
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

const resolve: Resolve = async (hostname) => (addressOf.get(hostname) ?? []).map((address) => ({ address, family: isIP(address) }));

function senderTo(port: number): Sender {
  const sender = createSender({ policy: { allowLoopback: false, ports: [port] }, resolve });
  return {
    send: (request) => sender.send({ ...request, url: request.url.replace(`:${PORT}`, `:${port}`) }),
    [Symbol.asyncDispose]: () => sender[Symbol.asyncDispose](),
  };
}

type Registered = { registerWebhookEndpoint: { id: string; status: string; verificationFailure: { code: string } | null } };

function register(relay: TestRelay, url: string): Promise<Registered> {
  const source = `mutation ($url: String!) { registerWebhookEndpoint(input: { url: $url, events: ["*"] }) { id status verificationFailure { code } } }`;
  return askSubgraph<Registered>(relay.relay, { ...anew(), accountId: newId('account') }, source, { url });
}

it('connects to no hostile address by creating, challenging, testing, delivering or replaying', { timeout: 120_000 }, async () => {
  await using trap = await startReceiver((socket) => void socket.destroy());
  await using sender = senderTo(trap.port);
  await using relay = await startTestRelay({ allowLoopback: false, sender });
  expect(literals.length + names.length).toBeGreaterThanOrEqual(120);

  for (const url of literals)
    await expect(register(relay, url), url).rejects.toMatchObject({ code: 'VALIDATION_ERROR', details: { url: expect.any(String) } });
  for (const url of names) {
    const { registerWebhookEndpoint: made } = await register(relay, url);
    expect([url, made.status, made.verificationFailure?.code]).toEqual([url, 'disabled', 'blocked_address']);
  }

  // As if they had come past that: from a backup, from a version with a hole.
  const ids = new Map<string, string>();
  for (const url of [...literals, ...names]) ids.set(await relay.endpoint(url), url);
  for (const [id, url] of ids) {
    const source = 'mutation ($id: ID!) { testWebhookEndpoint(id: $id) { delivered error { code } } }';
    const { testWebhookEndpoint: tested } = await askSubgraph<Tested>(relay.relay, anew(), source, { id });
    expect([url, tested.delivered, tested.error?.code]).toEqual([url, false, expect.stringMatching(/^blocked_(url|address)$/)]);
  }

  await relay.publish(testEvent());
  await relay.deliver();
  expect(await outcomes(relay)).toEqual({ attempts: ids.size, blocked: ids.size, endpoints: ids.size });

  await relay.sql(`update webhooks.delivery set status = 'dead', next_attempt_at = null`, []);
  for (const { id } of await relay.sql('select id from webhooks.delivery', []))
    await askSubgraph(relay.relay, anew(), 'mutation ($id: ID!) { replayWebhookDelivery(id: $id) { id } }', { id });
  await relay.deliver();
  expect(await outcomes(relay)).toEqual({ attempts: 2 * ids.size, blocked: 2 * ids.size, endpoints: ids.size });

  expect(trap.connections()).toBe(0);
  console.log(`${literals.length} URLs and ${names.length} names over 5 paths: ${trap.connections()} connections`);
  // The listener does count.
  const socket = connect(trap.port, '127.0.0.1');
  await expect.poll(() => trap.connections(), { timeout: 20_000 }).toBe(1);
  socket.destroy();
});

type Tested = { testWebhookEndpoint: { delivered: boolean; error: { code: string } | null } };

async function outcomes(relay: TestRelay): Promise<unknown> {
  const [row] = await relay.sql(
    `select count(*)::int as attempts, count(*) filter (where error_code like 'blocked%')::int as blocked,
       count(distinct endpoint_id)::int as endpoints from webhooks.attempt`,
    [],
  );
  return row;
}
