// The OpenAPI 3.1 document of a version, made from its declarations and from nothing else.
import { ERRORS, type ErrorCode } from '@portico/contracts/errors';
import { EXAMPLE } from '../contracts/v1/examples.ts';
import type { ContractVersion } from '../contracts/v1/version.ts';
import { OAUTH_PATHS } from '../oauth/metadata.ts';
import { errorHeaders, HEADERS } from './describe-headers.ts';
import { describeOperation } from './describe-operation.ts';
import { CLIENT_SECURITY_SCHEME, describePlatform, OAUTH_ERROR_SCHEMA, PLATFORM_OPERATIONS } from './describe-platform.ts';
import { describeResources } from './describe-resources.ts';
import { SECURITY_SCHEMES, securityOf } from './describe-security.ts';
import { describeWebhooks } from './describe-webhooks.ts';
import { codeSamples } from './samples/code-samples.ts';
import { requestOfRoute } from './samples/example-request.ts';

export function openapiDocument(contract: ContractVersion): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of contract.routes) {
    const item = paths[route.path] ?? { ...pathParameters(route.path) };
    const operation = { ...describeOperation(route), 'x-codeSamples': codeSamples(requestOfRoute(contract, route)) };
    paths[route.path] = { ...item, [route.method.toLowerCase()]: operation };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Portico API',
      version: `${contract.version}.0.0`,
      summary: 'Orders, products, customers, inventory and webhooks for integrators.',
      description: DESCRIPTION,
      contact: { name: 'Portico API support', email: 'api-support@portico.example' },
      license: { name: 'Proprietary', identifier: 'LicenseRef-Proprietary' },
    },
    servers: serversAt(contract.prefix),
    security: securityOf([]),
    tags: [...new Set([...contract.routes, ...PLATFORM_OPERATIONS].map(({ tag }) => tag))].map((name) => ({
      name,
      description: TAGS[name] ?? name,
    })),
    paths: { ...paths, ...describePlatform(serversAt('')) },
    webhooks: describeWebhooks('1'),
    components: {
      securitySchemes: { ...SECURITY_SCHEMES, client: CLIENT_SECURITY_SCHEME },
      schemas: { ...describeResources(contract.routes), ...SCHEMAS, OAuthError: OAUTH_ERROR_SCHEMA },
      responses: Object.fromEntries(Object.keys(ERRORS).map((code) => [code, errorResponse(code as ErrorCode)])),
      headers: HEADERS,
      parameters: PARAMETERS,
    },
  };
}

function serversAt(prefix: string): object[] {
  return [
    { url: `http://localhost:4000${prefix}`, description: 'A Portico on this machine' },
    { url: `https://{host}${prefix}`, description: 'A hosted Portico', variables: { host: { default: 'api.example.com' } } },
  ];
}

/** Where the document of v1 is committed. */
export const openapiFile = new URL('../../openapi-v1.json', import.meta.url);

/** As it is served and committed. */
export function openapiText(contract: ContractVersion): string {
  return `${JSON.stringify(openapiDocument(contract), null, 2)}\n`;
}

function pathParameters(path: string): { parameters?: unknown[] } {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
  if (names.length === 0) return {};
  return {
    parameters: names.map((name) => ({
      name,
      in: 'path',
      required: true,
      description: name === 'sku' ? 'SKU of the item.' : 'Id of the resource.',
      schema: { type: 'string' },
    })),
  };
}

function errorResponse(code: ErrorCode): unknown {
  const { title, status } = ERRORS[code];
  const example = {
    code,
    message: title,
    details: {},
    ...(code === 'RATE_LIMIT_EXCEEDED' ? { retryAfter: 42 } : {}),
    requestId: EXAMPLE.requestId,
    timestamp: EXAMPLE.time,
    documentationUrl: `/docs/errors#${code.toLowerCase()}`,
  };
  return {
    description: title,
    headers: errorHeaders(status),
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' }, example: { error: example } } },
  };
}

const DESCRIPTION = `Every request comes with an API key and a signature, or with an access token.

**Key:** \`X-API-Key\` names the key, \`X-Timestamp\` is the time in unix seconds, and \`X-API-Signature\` is an HMAC-SHA256 with the key's signing secret,
either \`sha256=\` over the body followed by the timestamp, or \`v2=\` over \`METHOD\\npath?query\\ntimestamp\\nsha256hex(body)\`.

**Token:** \`POST ${OAUTH_PATHS.token}\` gives an OAuth client a token for an hour, to be sent as \`Authorization: Bearer …\`, and a refresh token for 30 days that is good for one use.

Money is a decimal number with a \`currency\` beside it. Times are ISO 8601 in UTC. POST and PATCH take an \`Idempotency-Key\`.

Every key has a quota and a burst, and every operation a limit of its own; test mode may do ten times as much. The answer shows the limit with the fewest requests left in \`X-RateLimit-Limit\`,
\`X-RateLimit-Remaining\` and \`X-RateLimit-Reset\`, and as \`RateLimit\`; \`RateLimit-Policy\` lists all of them. A request too many is answered with 429 and \`Retry-After\`, and counts nowhere.`;

const TAGS: Readonly<Record<string, string>> = {
  Orders: 'What was bought, and its way to the buyer.',
  Payments: 'What was paid for which order.',
  Products: 'The catalogue.',
  Customers: 'Who buys. Personal data is encrypted and can be exported and erased.',
  Inventory: 'What is in stock, and who holds it.',
  Webhooks: 'Who is told what happens, whether he heard it, and how he hears it again.',
  Events: 'What happened.',
  Search: 'Over everything at once.',
  'Access tokens': 'OAuth 2.0 for programs. These paths begin at the host.',
  Health: 'Whether the platform can work. These paths begin at the host.',
};

const SCHEMAS = {
  Error: {
    type: 'object',
    required: ['error'],
    properties: {
      error: {
        type: 'object',
        required: ['code', 'message', 'details', 'requestId', 'timestamp', 'documentationUrl'],
        properties: {
          code: { type: 'string', enum: Object.keys(ERRORS) },
          message: { type: 'string', description: 'For people; it may change.' },
          details: { type: 'object', description: 'A text per field, or the values that the code documents.' },
          requestId: { type: 'string' },
          timestamp: { type: 'string', format: 'date-time' },
          documentationUrl: { type: 'string' },
          retryAfter: { type: 'integer', description: 'Of `RATE_LIMIT_EXCEEDED` alone: seconds after which another try makes sense.' },
        },
      },
    },
  },
  Meta: {
    type: 'object',
    required: ['requestId'],
    properties: { requestId: { type: 'string', examples: [EXAMPLE.requestId] } },
  },
  Pagination: {
    description: 'Of a page by number, or of a walk by cursor.',
    oneOf: [
      {
        type: 'object',
        title: 'By page',
        required: ['page', 'perPage', 'total', 'totalPages'],
        properties: {
          page: { type: 'integer' },
          perPage: { type: 'integer' },
          total: { type: 'integer' },
          totalPages: { type: 'integer' },
        },
      },
      {
        type: 'object',
        title: 'By cursor',
        required: ['nextCursor', 'prevCursor', 'limit'],
        properties: { nextCursor: { type: ['string', 'null'] }, prevCursor: { type: ['string', 'null'] }, limit: { type: 'integer' } },
      },
    ],
  },
};

const PARAMETERS = {
  page: {
    name: 'page',
    in: 'query',
    description: 'Counts from 1. Pages reach to the 1,000,000th resource; a cursor reaches all.',
    schema: { type: 'integer', minimum: 1, default: 1 },
  },
  perPage: {
    name: 'perPage',
    in: 'query',
    description: 'Resources per page.',
    schema: { type: 'integer', minimum: 1, maximum: 100, default: 20 },
  },
  cursor: {
    name: 'cursor',
    in: 'query',
    description: 'Place to read on from, as an answer gave it; empty for the start. Constant cost at any depth.',
    schema: { type: 'string' },
  },
  limit: {
    name: 'limit',
    in: 'query',
    description: 'Resources per step of a walk by cursor.',
    schema: { type: 'integer', minimum: 1, maximum: 100, default: 20 },
  },
  order: {
    name: 'order',
    in: 'query',
    description: '`asc` or `desc` for each sort key, comma-separated.',
    schema: { type: 'string', examples: ['asc,desc'] },
  },
  expand: {
    name: 'expand',
    in: 'query',
    description: 'Joins to add with their default fields, comma-separated.',
    schema: { type: 'string' },
  },
  idempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    description:
      'Makes the request run once: a repeat within 24 hours gets the first answer, as 200 where that was 201. An answer that shows a secret is not kept.',
    schema: { type: 'string', minLength: 1, maxLength: 255 },
  },
  ifMatch: {
    name: 'If-Match',
    in: 'header',
    description: 'ETag of the version to change; 412 when it is another.',
    schema: { type: 'string' },
  },
  ifNoneMatch: {
    name: 'If-None-Match',
    in: 'header',
    description: 'ETag of what is known; 304 when nothing changed.',
    schema: { type: 'string' },
  },
};
