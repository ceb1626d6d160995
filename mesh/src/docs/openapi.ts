// The OpenAPI 3.1 document of a version, made from its declarations and from nothing else.
import { ERRORS, type ErrorCode } from '@portico/contracts/errors';
import { OAUTH_PATHS } from '../oauth/metadata.ts';
import type { ContractVersion } from '../rest/declare/version.ts';
import { describeEnvelope, describePaging } from './describe-envelope.ts';
import { describeError } from './describe-errors.ts';
import { HEADERS } from './describe-headers.ts';
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
    const operation = { ...describeOperation(contract, route), 'x-codeSamples': codeSamples(requestOfRoute(contract, route)) };
    paths[route.path] = { ...item, [route.method.toLowerCase()]: operation };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Portico API',
      version: `${contract.version}.0.0`,
      summary: 'Orders, products, customers, inventory and webhooks for integrators.',
      description: descriptionOf(contract),
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
    webhooks: describeWebhooks(contract.version),
    components: {
      securitySchemes: { ...SECURITY_SCHEMES, client: CLIENT_SECURITY_SCHEME },
      schemas: { ...describeResources(contract.routes), ...describeEnvelope(contract.conventions), OAuthError: OAUTH_ERROR_SCHEMA },
      responses: Object.fromEntries(
        Object.keys(ERRORS).map((code) => [code, describeError(code as ErrorCode, contract.conventions.error)]),
      ),
      headers: HEADERS,
      parameters: { ...describePaging(contract.conventions), ...PARAMETERS },
    },
  };
}

function serversAt(prefix: string): object[] {
  return [
    { url: `http://localhost:4000${prefix}`, description: 'A Portico on this machine' },
    { url: `https://{host}${prefix}`, description: 'A hosted Portico', variables: { host: { default: 'api.example.com' } } },
  ];
}

/** Where the document of a version is committed. */
export function openapiFile({ version }: Pick<ContractVersion, 'version'>): URL {
  return new URL(`../../openapi-v${version}.json`, import.meta.url);
}

/** Where it is served. */
export function openapiPath({ prefix }: Pick<ContractVersion, 'prefix'>): string {
  return `${prefix}/openapi.json`;
}

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

const MONEY = {
  number: 'Money is a decimal number with a `currency` beside it.',
  text: 'Money is a text, a decimal with all digits of the `currency` beside it.',
};

function descriptionOf({ conventions }: ContractVersion): string {
  const forms = `${MONEY[conventions.money]} Times are ISO 8601 in UTC. POST and PATCH take an \`Idempotency-Key\`.`;
  return [ACCESS, forms, LIMITS].join('\n\n');
}

const ACCESS = `Every request comes with an API key and a signature, or with an access token.

**Key:** \`X-API-Key\` names the key, \`X-Timestamp\` is the time in unix seconds, and \`X-API-Signature\` is an HMAC-SHA256 with the key's signing secret,
either \`sha256=\` over the body followed by the timestamp, or \`v2=\` over \`METHOD\\npath?query\\ntimestamp\\nsha256hex(body)\`.

**Token:** \`POST ${OAUTH_PATHS.token}\` gives an OAuth client a token for an hour, to be sent as \`Authorization: Bearer …\`, and a refresh token for 30 days that is good for one use.`;

const LIMITS = `Every key has a quota and a burst, and every operation a limit of its own; test mode may do ten times as much. The answer shows the limit with the fewest requests left in \`X-RateLimit-Limit\`,
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

const PARAMETERS = {
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
