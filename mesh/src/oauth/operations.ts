// The authorization server's operations: their forms are what requests are parsed by, their answers what is sent, and both what is documented.
import { type OAuthOutcome, refuse } from '@portico/contracts/token-service';
import { z } from 'zod';
import { CLIENT_RULES } from '../limits/clients/client-limits.ts';
import type { PlatformOperation } from '../rest/declare/platform-operation.ts';
import { authorizationServerMetadata, GRANT_TYPES, OAUTH_PATHS, serverMetadata } from './metadata.ts';
import type { Parameters } from './read-parameters.ts';

const CLIENT = {
  client_id: z.string().optional().describe('The client, when it does not send `Authorization: Basic`.'),
  client_secret: z.string().optional().describe('Its secret, likewise.'),
};
const scope = z.string().optional().describe('Scopes, separated by spaces; all that may be had without it.');
const ACCESS_TOKEN = 'eyJhbGciOiJSUzI1NiIsInR5cCI6ImF0K2p3dCJ9.…';
const REFRESH_TOKEN = '8xLOxBtZp8bkVp1mVJdC9dJfG9mB2Y0y4rWmQ1n3sTA';
const WITH_CLIENT = { client_id: 'client_01kb3p8nwhfctt4j9b7s1z6m2e', client_secret: 'cs_…' };

const tokenAnswer = z.object({
  access_token: z.string(),
  token_type: z.literal('Bearer'),
  expires_in: z.int().describe('Seconds that the access token is good for.'),
  refresh_token: z.string().describe('Good for one use.'),
  scope: z.string(),
});
export type TokenAnswer = z.output<typeof tokenAnswer>;

const tokenForm = z.object({
  grant_type: z.enum(GRANT_TYPES, `grant_type must be ${GRANT_TYPES.join(' or ')}.`),
  refresh_token: z.string().optional().describe('For the grant `refresh_token`.'),
  scope,
  ...CLIENT,
});
const refreshForm = z.object({
  grant_type: z.literal('refresh_token', 'grant_type must be refresh_token.').optional(),
  refresh_token: z.string(),
  scope,
  ...CLIENT,
});
const ofToken = z.object({
  token: z.string().describe('An access token or a refresh token.'),
  token_type_hint: z.string().optional().describe('Not needed: tokens say themselves what they are.'),
  ...CLIENT,
});
const introspection = z.looseObject({
  active: z.boolean(),
  scope: z.string().optional(),
  client_id: z.string().optional(),
  token_type: z.string().optional(),
  exp: z.int().optional().describe('Unix seconds.'),
});
const jwks = z.object({ keys: z.array(z.looseObject({ kid: z.string(), kty: z.string(), alg: z.string(), use: z.string() })) });

const tag = 'Access tokens';
const { limit, windowSeconds } = CLIENT_RULES.tokens;
const granted = { access_token: ACCESS_TOKEN, token_type: 'Bearer', expires_in: 3_600, refresh_token: REFRESH_TOKEN, scope: 'orders:read' };
const tokens = { schema: tokenAnswer, example: granted, description: 'The tokens.' };
const post = { method: 'POST', tag } as const;
const get = { method: 'GET', tag } as const;

export const OAUTH_OPERATIONS = {
  token: {
    ...post,
    path: OAUTH_PATHS.token,
    operationId: 'issueToken',
    summary: 'Get an access token',
    description: `Client credentials, or a refresh token (RFC 6749). A client gets ${limit} tokens in ${windowSeconds} seconds.`,
    form: { schema: tokenForm, example: { grant_type: 'client_credentials', scope: 'orders:read', ...WITH_CLIENT } },
    answer: tokens,
  },
  refresh: {
    ...post,
    path: OAUTH_PATHS.refresh,
    operationId: 'refreshToken',
    summary: 'Get an access token for a refresh token',
    description:
      'The same as the grant `refresh_token` of the token endpoint. A second use of a refresh token ends everything that came of its grant.',
    form: { schema: refreshForm, example: { refresh_token: REFRESH_TOKEN, ...WITH_CLIENT } },
    answer: tokens,
  },
  revoke: {
    ...post,
    path: OAUTH_PATHS.revoke,
    operationId: 'revokeToken',
    summary: 'End a token',
    description:
      'RFC 7009. An access token ends alone, a refresh token with all that came of its grant. A token that never was is ended already.',
    form: { schema: ofToken, example: { token: REFRESH_TOKEN, ...WITH_CLIENT } },
    answer: { schema: z.object({}), example: {}, description: 'It is not good any more.' },
  },
  introspect: {
    ...post,
    path: OAUTH_PATHS.introspect,
    operationId: 'introspectToken',
    summary: 'Ask whether a token is good',
    description: 'RFC 7662, for tokens of the account and mode of the client that asks.',
    form: { schema: ofToken, example: { token: ACCESS_TOKEN, ...WITH_CLIENT } },
    answer: {
      schema: introspection,
      example: { active: true, scope: 'orders:read', client_id: WITH_CLIENT.client_id, token_type: 'Bearer', exp: 1_769_850_000 },
      description: 'What is known of it; `active: false` alone when it is not good.',
    },
  },
  metadata: {
    ...get,
    path: OAUTH_PATHS.metadata,
    operationId: 'getAuthorizationServer',
    summary: 'Read what a client library needs to know',
    description: 'RFC 8414.',
    answer: { schema: serverMetadata, example: authorizationServerMetadata('https://api.example.com'), description: 'The metadata.' },
  },
  jwks: {
    ...get,
    path: OAUTH_PATHS.jwks,
    operationId: 'getTokenKeys',
    summary: 'Read the keys that access tokens are signed with',
    description: 'RFC 7517.',
    answer: {
      schema: jwks,
      example: { keys: [{ kid: 'sig_01kb3p8nwhfctt4j9b7s1z6m2e', kty: 'RSA', alg: 'RS256', use: 'sig', n: '…', e: 'AQAB' }] },
      description: 'The public halves.',
    },
  },
} as const satisfies Record<string, PlatformOperation>;

/** The form's parameters; others are passed over (RFC 6749, 3.2). `invalid_request`, `unsupported_grant_type`. */
export function readForm<Form extends z.ZodObject>(form: Form, parameters: Parameters): OAuthOutcome<z.output<Form>> {
  const parsed = form.safeParse(Object.fromEntries(parameters));
  if (parsed.success) return { kind: 'granted', value: parsed.data };
  const [issue] = parsed.error.issues;
  const name = String(issue?.path[0]);
  if (!parameters.has(name)) return refuse('invalid_request', `${name} is missing.`);
  return refuse(name === 'grant_type' ? 'unsupported_grant_type' : 'invalid_request', issue?.message ?? `${name} is not valid.`);
}
