// Fields that are made from several columns, or from sealed ones.
import { invalid } from '@portico/contracts/errors';
import { API_VERSIONS, WEBHOOK_EVENTS } from '@portico/contracts/events/event-shape';
import type { Row } from '@portico/service-kit/reads/reads';
import type { Resolvers } from '@portico/service-kit/subgraph/build-schema';
import type { SubgraphContext } from '@portico/service-kit/subgraph/context';
import { toIsoInstant } from '@portico/service-kit/subgraph/scalars';
import { sealedEndpoint } from './endpoint.entity.ts';
import { renderBody } from './rendering/render-body.ts';

export const typeResolvers: Resolvers = {
  WebhookEndpoint: {
    headerNames: ({ id, headersSealed }: Row, _: unknown, { keyRing }: SubgraphContext) =>
      typeof headersSealed === 'string' ? Object.keys(sealedEndpoint.headers.open(keyRing, String(id), headersSealed)) : [],
    // An overlap that has ended is none, though the old secret is still in its column.
    previousSecretExpiresAt: ({ previousSecretExpiresAt: until }: Row, _: unknown, { now }: SubgraphContext) =>
      until !== null && until !== undefined && toIsoInstant(until) > now().toISOString() ? until : null,
    health: (endpoint: Row) => endpoint,
  },
  WebhookAttempt: {
    request: ({ url, requestHeaders, requestBody }: Row) => ({ url, headers: requestHeaders, body: requestBody }),
    response: ({ responseStatus: status, responseHeaders, responseBody, responseTruncated }: Row) =>
      typeof status === 'number'
        ? { status, headers: responseHeaders ?? {}, body: responseBody ?? '', truncated: responseTruncated }
        : null,
    error: ({ errorCode: code, errorMessage }: Row) => (typeof code === 'string' ? { code, message: errorMessage ?? '' } : null),
  },
  Event: {
    data: ({ id, type, occurredAt, payload }: Row, { apiVersion }: { apiVersion: string }) => {
      const version = API_VERSIONS.find((one) => one === apiVersion);
      if (version === undefined) throw invalid({ apiVersion: `It must be one of ${API_VERSIONS.join(', ')}.` });
      // After a step back to an earlier release the ledger has types that it does not know: one of them must not hide all others.
      if (!WEBHOOK_EVENTS.has(String(type))) return {};
      const event = { id: String(id), type: String(type), occurredAt: toIsoInstant(occurredAt), payload };
      return JSON.parse(renderBody(event, version).toString()).data;
    },
  },
};
