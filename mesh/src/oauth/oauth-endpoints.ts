// The authorization server's endpoints: tokens (RFC 6749), revocation (RFC 7009), introspection (RFC 7662), metadata (RFC 8414), keys (RFC 7517).
import type { Jwks } from '@portico/contracts/access-records';
import { AppError } from '@portico/contracts/errors';
import type { ClientProof, OAuthOutcome, OAuthRefusal, TokenGrant, TokenService } from '@portico/contracts/token-service';
import type { z } from 'zod';
import type { ClientLimits } from '../limits/clients/client-limits.ts';
import { type Answer, jsonAnswer } from '../rest/answer/answer.ts';
import type { PlatformOperation } from '../rest/declare/platform-operation.ts';
import type { Endpoint, RestRequest } from '../rest/rest-request.ts';
import type { RoutedEndpoint } from '../rest/router.ts';
import { type LimitedClient, limitClient } from './limit-client.ts';
import { authorizationServerMetadata } from './metadata.ts';
import { oauthAnswer, oauthErrorAnswer, refusalAnswer } from './oauth-answer.ts';
import { OAUTH_OPERATIONS, readForm, type TokenAnswer } from './operations.ts';
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

export function oauthEndpoints({ tokens, limits, jwks, issuer }: OAuthOptions): RoutedEndpoint[] {
  const token = (operation: PlatformOperation, readGrant: ReadGrant): RoutedEndpoint =>
    formEndpoint(operation, limits, async (client, parameters, limited) => {
      const grant = readGrant(parameters);
      if (grant.kind === 'refused') return grant;
      const outcome = await limited.takingToken(() => tokens.issue(client, grant.value, issuer()));
      if (outcome.kind === 'refused') return outcome;
      const { accessToken, expiresInSeconds, refreshToken, scopes } = outcome.value;
      const value: TokenAnswer = {
        access_token: accessToken,
        token_type: 'Bearer',
        expires_in: expiresInSeconds,
        refresh_token: refreshToken,
        scope: scopes.join(' '),
      };
      return { kind: 'granted', value };
    });
  const { metadata, jwks: keys, ...forms } = OAUTH_OPERATIONS;
  return [
    token(forms.token, readAnyGrant),
    token(forms.refresh, readRefreshGrant),
    formEndpoint(forms.revoke, limits, (client, parameters) =>
      withForm(forms.revoke.form.schema, parameters, (form) => tokens.revoke(client, form.token, issuer())),
    ),
    formEndpoint(forms.introspect, limits, (client, parameters) =>
      withForm(forms.introspect.form.schema, parameters, (form) => tokens.introspect(client, form.token, issuer())),
    ),
    document(metadata, async () => authorizationServerMetadata(issuer())),
    document(keys, jwks),
  ];
}

type Serve = (client: ClientProof, parameters: Parameters, limited: LimitedClient) => Promise<OAuthOutcome<object | undefined>>;

/** An endpoint that a client calls with a form. */
function formEndpoint({ method, path, operationId }: PlatformOperation, limits: ClientLimits, serve: Serve): RoutedEndpoint {
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
  const endpoint: Endpoint = {
    operationId,
    access: 'public',
    takesBody: true,
    bodyTypes: ['form', 'json'],
    answerError: oauthErrorAnswer,
    serve: answer,
  };
  return { method, path, endpoint };
}

/** A client that could not prove itself is thrown: the pipeline counts it against its address, and answers it as `oauthErrorAnswer` says. */
function refused(refusal: OAuthRefusal): Answer {
  if (refusal.error === 'invalid_client') throw new AppError('AUTHENTICATION_ERROR', refusal.description);
  return refusalAnswer(refusal);
}

function document({ method, path, operationId }: PlatformOperation, read: () => Promise<object>): RoutedEndpoint {
  const endpoint: Endpoint = {
    operationId,
    access: 'public',
    serve: async () => jsonAnswer(200, JSON.stringify(await read()), PUBLISHED),
  };
  return { method, path, endpoint };
}

type ReadGrant = (parameters: Parameters) => OAuthOutcome<TokenGrant>;

function readAnyGrant(parameters: Parameters): OAuthOutcome<TokenGrant> {
  const form = readForm(OAUTH_OPERATIONS.token.form.schema, parameters);
  if (form.kind === 'refused') return form;
  const { grant_type: kind, scope } = form.value;
  return kind === 'client_credentials' ? { kind: 'granted', value: { kind, scopes: readScopes(scope) } } : readRefreshGrant(parameters);
}

function readRefreshGrant(parameters: Parameters): OAuthOutcome<TokenGrant> {
  const form = readForm(OAUTH_OPERATIONS.refresh.form.schema, parameters);
  if (form.kind === 'refused') return form;
  const { refresh_token: refreshToken, scope } = form.value;
  return { kind: 'granted', value: { kind: 'refresh_token', refreshToken, scopes: readScopes(scope) } };
}

function readScopes(text: string | undefined): string[] | undefined {
  const scopes = text?.split(' ').filter((scope) => scope !== '');
  return scopes === undefined || scopes.length === 0 ? undefined : scopes;
}

async function withForm<Form extends z.ZodObject, Value>(
  schema: Form,
  parameters: Parameters,
  serve: (form: z.output<Form>) => Promise<OAuthOutcome<Value>>,
): Promise<OAuthOutcome<Value>> {
  const form = readForm(schema, parameters);
  return form.kind === 'refused' ? form : serve(form.value);
}
