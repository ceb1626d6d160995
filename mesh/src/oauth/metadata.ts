import { SCOPES } from '@portico/contracts/scopes';

export const OAUTH_PATHS = {
  token: '/api/oauth/token',
  refresh: '/api/oauth/refresh',
  revoke: '/api/oauth/revoke',
  introspect: '/api/oauth/introspect',
  metadata: '/.well-known/oauth-authorization-server',
  jwks: '/.well-known/jwks.json',
} as const;

/** The scopes that a client can have, widest first. */
export const CLIENT_SCOPES = SCOPES.filter((scope) => !scope.startsWith('graph:'));

const CLIENT_AUTHENTICATION = ['client_secret_basic', 'client_secret_post'];

/** What a client library needs to know (RFC 8414). `issuer` has no path, and its metadata are where they are looked for. */
export function authorizationServerMetadata(issuer: string): Record<string, unknown> {
  return {
    issuer,
    token_endpoint: issuer + OAUTH_PATHS.token,
    token_endpoint_auth_methods_supported: CLIENT_AUTHENTICATION,
    revocation_endpoint: issuer + OAUTH_PATHS.revoke,
    revocation_endpoint_auth_methods_supported: CLIENT_AUTHENTICATION,
    introspection_endpoint: issuer + OAUTH_PATHS.introspect,
    introspection_endpoint_auth_methods_supported: CLIENT_AUTHENTICATION,
    jwks_uri: issuer + OAUTH_PATHS.jwks,
    grant_types_supported: ['client_credentials', 'refresh_token'],
    // There is no authorization endpoint; the member must be there nevertheless.
    response_types_supported: [],
    scopes_supported: CLIENT_SCOPES,
  };
}
