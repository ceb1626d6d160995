// Where payment providers tell what became of a charge. They have no key of ours: the subgraph proves who they are by their signature over
// the bytes of the body, so the bytes are passed on as they came. It is no part of the contract with integrators, and not in its OpenAPI document.
import type { Caller } from '@portico/contracts/caller';
import { graphError } from '@portico/service-kit/graph/graph-errors';
import { parse } from 'graphql';
import type { Graph } from '../graph/open-graph.ts';
import { type Endpoint, headerOf, type RestRequest } from '../rest/rest-request.ts';

export const PROVIDER_CALLBACK_PATH = '/api/v1/payments/callbacks/{provider}';

const BODY_BYTES_MAX = 65_536;
/** Headers that providers sign with. */
const SIGNATURE_HEADERS = ['stripe-signature', 'webhook-id', 'webhook-timestamp', 'webhook-signature'];

const DOCUMENT = parse(`mutation ReceiveProviderCallback($provider: String!, $headers: [ProviderHeader!]!, $body: String!) {
  receiveProviderCallback(provider: $provider, headers: $headers, body: $body)
}`);

/** 204 for every callback that is verified, known or not; AUTHENTICATION_ERROR for others, NOT_FOUND for a provider that is not ours. */
export function providerCallback(graph: Pick<Graph, 'execute'>): Endpoint {
  return {
    operationId: 'receiveProviderCallback',
    access: 'public',
    takesBody: true,
    bodyBytesMax: BODY_BYTES_MAX,
    async serve(request) {
      const headers = SIGNATURE_HEADERS.flatMap((name) => {
        const value = headerOf(request, name);
        return value === undefined ? [] : [{ name, value }];
      });
      const variables = { provider: request.params.provider ?? '', headers, body: request.body.toString('base64') };
      const { errors } = await graph.execute(DOCUMENT, variables, nobody(request));
      const [error] = errors ?? [];
      if (error !== undefined) throw graphError(error);
      return { status: 204, headers: {}, body: undefined };
    },
  };
}

/** Of no account: whose payment it is about, its own row says. */
function nobody({ requestId, traceparent }: RestRequest): Caller {
  return {
    accountId: 'none',
    mode: 'live',
    scopes: new Set(['payments:write']),
    actor: 'service:provider-callback',
    requestId,
    traceparent,
  };
}
