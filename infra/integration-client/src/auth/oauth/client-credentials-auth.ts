import { Agent } from 'undici';
import type { Secret } from '../../secrets.ts';
import type { ClientCredentialsAuth } from '../auth-declaration.ts';
import type { Authorizer, AuthorizerDependencies } from '../authorizer.ts';
import { CredentialFailure } from '../credential-failure.ts';
import { openCertificateAgents } from '../secret/certificate-agents.ts';
import { openRotatingSecret } from '../secret/rotating-secret.ts';
import { clientCertificate, fingerprintOf, readValues } from '../secret/secret-values.ts';
import { requireClient } from './request-token.ts';
import { openSharedToken } from './shared-token.ts';
import { createTokenCycle } from './token-cycle.ts';
import { createTokenSource } from './token-source.ts';

/** OAuth 2.0 client credentials (RFC 6749 §4.4): one token for the fleet, replaced before its end. */
export function openClientCredentialsAuth(auth: ClientCredentialsAuth, deps: AuthorizerDependencies): Authorizer {
  const { provider, now, logger, events, requestToken } = deps;
  const { name } = auth.client;
  const rotating = openRotatingSecret({
    store: deps.secrets,
    reference: auth.client,
    now,
    logger,
    check: (secret) => requireClient(auth, secret),
    onVersion: ({ since }) => events?.secretInUse(provider, name, since),
  });
  const plainAgent = new Agent();
  const certificateAgents = openCertificateAgents();
  const agentOf = (secret: Secret): Agent =>
    auth.authMethod === 'tls' ? certificateAgents.of(secret.version, readValues(clientCertificate, secret, name)) : plainAgent;
  const shared = deps.redis === undefined ? undefined : openSharedToken(auth, provider, deps.redis, now);
  const closing = new AbortController();
  const cycle = createTokenCycle({
    obtain: createTokenSource({ auth, provider, rotating, shared, agentOf, now, events, requestToken }),
    authorizationOf(token, secret) {
      const headers = { authorization: `Bearer ${token.accessToken}` };
      return auth.authMethod === 'tls' ? { headers, dispatcher: agentOf(secret) } : { headers };
    },
    now,
    closing: closing.signal,
    onFailure(error, hasLiveToken) {
      const { kind, message } = error instanceof CredentialFailure ? error : { kind: undefined, message: 'unexpected' };
      if (kind === 'refused' || kind === 'unreachable') events?.tokenRefreshed(provider, kind);
      const state = hasLiveToken ? 'the token in use stays' : 'there is none';
      logger.warn({ event: 'token_refresh_failed', reason: message, state }, 'A token could not be got.');
    },
  });
  return {
    authorize: async (_request, signal) => cycle.authorize(await rotating.current(), signal),
    refused: async (signal, used) => cycle.refused(await rotating.current(), signal, used),
    fingerprint: async () => fingerprintOf(await rotating.current(), auth.kind, auth.tokenUrl, auth.scope, auth.audience),
    async [Symbol.asyncDispose]() {
      closing.abort();
      await cycle.settled();
      rotating[Symbol.dispose]();
      await Promise.all([plainAgent.close(), certificateAgents[Symbol.asyncDispose]()]);
    },
  };
}
