// The authorization server's endpoints: tokens (RFC 6749), revocation (RFC 7009), introspection (RFC 7662), metadata (RFC 8414), keys (RFC 7517).
import type { Jwks } from '@portico/contracts/access-records';
import { AppError } from '@portico/contracts/errors';
import {
  type ClientProof,
  type OAuthOutcome,
  type OAuthRefusal,
  refuse,
  type TokenGrant,
  type TokenService,
} from '@portico/contracts/token-service';
import type { ClientLimits } from '../limits/clients/client-limits.ts';
import { type Answer, jsonAnswer } from '../rest/answer/answer.ts';
import type { Endpoint, RestRequest } from '../rest/rest-request.ts';
import { type LimitedClient, limitClient } from './limit-client.ts';
import { authorizationServerMetadata, OAUTH_PATHS } from './metadata.ts';
import { oauthAnswer, oauthErrorAnswer, refusalAnswer } from './oauth-answer.ts';
import { readClientProof } from './read-client-proof.ts';
import { type Parameters, readParameters } from './read-parameters.ts';

export type OAuthOptions = {
  tokens: Pick<TokenService, 'issue' | 'revoke' | 'introspect'>;
  /** What may be tried at a client. */
  limits: ClientLimits;
  jwks: () => Promise<Jwks>;
  /** The URL by which integrators know this gateway, without a path. */
  issuer: () => string;
};

/** A withdrawn key may be believed in by others for so long. */
const PUBLISHED = { 'cache-control': 'public, max-age=60', 'access-control-allow-origin': '*' };

export function oauthEndpoints({ tokens, limits, jwks, issuer }: OAuthOptions): { method: string; path: string; endpoint: Endpoint }[] {
  const token = (operationId: string, readGrant: ReadGrant): Endpoint =>
    formEndpoint(operationId, limits, async (client, parameters, limited) => {
      const grant = readGrant(parameters);
      if (grant.kind === 'refused') return grant;
      const outcome = await limited.takingToken(() => tokens.issue(client, grant.value, issuer()));
      if (outcome.kind === 'refused') return outcome;
      const { accessToken, expiresInSeconds, refreshToken, scopes } = outcome.value;
      return {
        kind: 'granted',
        value: {
          access_token: accessToken,
          token_type: 'Bearer',
          expires_in: expiresInSeconds,
          refresh_token: refreshToken,
          scope: scopes.join(' '),
        },
      };
    });
  const revoke = formEndpoint('revokeToken', limits, (client, parameters) =>
    withToken(parameters, (text) => tokens.revoke(client, text, issuer())),
  );
  const introspect = formEndpoint('introspectToken', limits, (client, parameters) =>
    withToken(parameters, (text) => tokens.introspect(client, text, issuer())),
  );
  return [
    { method: 'POST', path: OAUTH_PATHS.token, endpoint: token('issueToken', readAnyGrant) },
    { method: 'POST', path: OAUTH_PATHS.refresh, endpoint: token('refreshToken', readRefreshGrant) },
    { method: 'POST', path: OAUTH_PATHS.revoke, endpoint: revoke },
    { method: 'POST', path: OAUTH_PATHS.introspect, endpoint: introspect },
    {
      method: 'GET',
      path: OAUTH_PATHS.metadata,
      endpoint: document('getAuthorizationServer', async () => authorizationServerMetadata(issuer())),
    },
    { method: 'GET', path: OAUTH_PATHS.jwks, endpoint: document('getTokenKeys', jwks) },
  ];
}

type Serve = (client: ClientProof, parameters: Parameters, limited: LimitedClient) => Promise<OAuthOutcome<object | undefined>>;

/** An endpoint that a client calls with a form. */
function formEndpoint(operationId: string, limits: ClientLimits, serve: Serve): Endpoint {
  async function answer(request: RestRequest): Promise<Answer> {
    if (request.query !== '') throw new AppError('VALIDATION_ERROR', 'Parameters belong into the body.');
    const parameters = readParameters(request);
    if (parameters.kind === 'refused') return refusalAnswer(parameters);
    const client = readClientProof(request, parameters.value);
    if (client.kind === 'refused') return refused(client);
    const limited = limitClient(limits, client.value.clientId, request.remoteAddress);
    const outcome = await limited.proving(() => serve(client.value, parameters.value, limited));
    return outcome.kind === 'refused' ? refused(outcome) : oauthAnswer(outcome.value ?? {});
  }
  return {
    operationId,
    access: 'public',
    idempotent: false,
    takesBody: true,
    bodyTypes: ['form', 'json'],
    answerError: oauthErrorAnswer,
    serve: answer,
  };
}

/** A client that could not prove itself is thrown: the pipeline counts it against its address, and answers it as `oauthErrorAnswer` says. */
function refused(refusal: OAuthRefusal): Answer {
  if (refusal.error === 'invalid_client') throw new AppError('AUTHENTICATION_ERROR', refusal.description);
  return refusalAnswer(refusal);
}

function document(operationId: string, read: () => Promise<object>): Endpoint {
  return {
    operationId,
    access: 'public',
    idempotent: false,
    takesBody: false,
    serve: async () => jsonAnswer(200, JSON.stringify(await read()), PUBLISHED),
  };
}

type ReadGrant = (parameters: Parameters) => OAuthOutcome<TokenGrant>;

function readAnyGrant(parameters: Parameters): OAuthOutcome<TokenGrant> {
  const type = parameters.get('grant_type');
  if (type === 'client_credentials') return { kind: 'granted', value: { kind: type, scopes: readScopes(parameters) } };
  if (type === 'refresh_token') return readRefreshGrant(parameters);
  return type === undefined
    ? refuse('invalid_request', 'grant_type is missing.')
    : refuse('unsupported_grant_type', 'grant_type must be client_credentials or refresh_token.');
}

function readRefreshGrant(parameters: Parameters): OAuthOutcome<TokenGrant> {
  const refreshToken = parameters.get('refresh_token');
  if ((parameters.get('grant_type') ?? 'refresh_token') !== 'refresh_token')
    return refuse('unsupported_grant_type', 'grant_type must be refresh_token.');
  if (refreshToken === undefined) return refuse('invalid_request', 'refresh_token is missing.');
  return { kind: 'granted', value: { kind: 'refresh_token', refreshToken, scopes: readScopes(parameters) } };
}

function readScopes(parameters: Parameters): string[] | undefined {
  const scopes = parameters
    .get('scope')
    ?.split(' ')
    .filter((scope) => scope !== '');
  return scopes === undefined || scopes.length === 0 ? undefined : scopes;
}

async function withToken<Value>(
  parameters: Parameters,
  serve: (token: string) => Promise<OAuthOutcome<Value>>,
): Promise<OAuthOutcome<Value>> {
  const token = parameters.get('token');
  return token === undefined ? refuse('invalid_request', 'token is missing.') : serve(token);
}
