// For the tests of endpoints: a relay's subgraph, a receiver whose status can be set, and the questions that they ask.
import type { Caller } from '@portico/contracts/caller';
import { askSubgraph } from '@portico/service-kit/testing';
import { afterAll, beforeAll } from 'vitest';
import { type Receiver, response, startReceiver } from './start-receiver.ts';
import { type RelayGraphForTests, startRelayGraph } from './start-relay-graph.ts';

export type Endpoint = {
  id: string;
  url: string;
  status: string;
  disabledReason: string | null;
  secret: string | null;
  version: number;
  verificationFailure: { code: string } | null;
  previousSecretExpiresAt: string | null;
};
export const ENDPOINT_FIELDS = `{ id url events filter status disabledReason disabledAt secret headerNames apiVersion version verifiedAt drainPerSecond
  verificationFailure { code message } previousSecretExpiresAt concurrency schedule health { circuit failingSince } }`;

export type EndpointWorld = {
  readonly relay: RelayGraphForTests;
  readonly receiver: Receiver;
  /** What the receiver answers with. */
  status: number;
  clock: Date;
  ask<Result>(caller: Caller, source: string, variables?: Record<string, unknown>): Promise<Result>;
  register(caller: Caller, input?: object): Promise<Endpoint>;
  change(caller: Caller, id: string, input: object, expectedVersion?: number): Promise<Endpoint>;
  /** A mutation of one endpoint; `more`: arguments beside its id. */
  act(caller: Caller, field: string, id: string, more?: string): Promise<Endpoint>;
  read(caller: Caller, id: string): Promise<Endpoint | null>;
  /** Header fields of the last request the receiver had, lower-case, and its body. */
  lastRequest(): { headers: Record<string, string>; body: string };
};

/** One world for all tests of a file. */
export function withEndpoints(use: (world: EndpointWorld) => void): void {
  const opened = new AsyncDisposableStack();
  beforeAll(async () => {
    const now = { status: 200, clock: new Date() };
    const relay = opened.use(await startRelayGraph({ now: () => now.clock }));
    const receiver = opened.use(await startReceiver((socket) => void socket.write(response(now.status, { 'x-answer': 'yes' }, 'thanks'))));
    use(Object.assign(now, { relay, receiver, ...questionsTo(relay, receiver) }));
  });
  afterAll(() => opened.disposeAsync());
}

function questionsTo(relay: RelayGraphForTests, receiver: Receiver): Omit<EndpointWorld, 'relay' | 'receiver' | 'status' | 'clock'> {
  const ask = async <Result>(caller: Caller, source: string, variables: Record<string, unknown> = {}): Promise<Result> => {
    const data = await askSubgraph<Record<string, Result>>(relay.subgraph, caller, source, variables);
    return Object.values(data)[0] as Result;
  };
  return {
    ask,
    register: (caller, input = {}) =>
      ask(caller, `mutation ($input: RegisterWebhookEndpointInput!) { registerWebhookEndpoint(input: $input) ${ENDPOINT_FIELDS} }`, {
        input: { url: receiver.url, events: ['order.created'], ...input },
      }),
    change: (caller, id, input, expectedVersion) =>
      ask(
        caller,
        `mutation ($id: ID!, $input: UpdateWebhookEndpointInput!, $v: Int) { updateWebhookEndpoint(id: $id, input: $input, expectedVersion: $v) ${ENDPOINT_FIELDS} }`,
        { id, input, v: expectedVersion },
      ),
    act: (caller, field, id, more = '') => ask(caller, `mutation ($id: ID!) { ${field}(id: $id ${more}) ${ENDPOINT_FIELDS} }`, { id }),
    read: (caller, id) => ask(caller, `query ($id: ID!) { webhookEndpoint(id: $id) ${ENDPOINT_FIELDS} }`, { id }),
    lastRequest() {
      const [head = '', body = ''] = (receiver.requests.at(-1) ?? '').split('\r\n\r\n');
      const fields = head
        .split('\r\n')
        .slice(1)
        .map((line): [string, string] => {
          const colon = line.indexOf(':');
          return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
        });
      return { headers: Object.fromEntries(fields), body };
    },
  };
}
