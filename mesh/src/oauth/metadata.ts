import { SCOPES } from '@portico/contracts/scopes';
import { z } from 'zod';

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

export const GRANT_TYPES = ['client_credentials', 'refresh_token'] as const;
const CLIENT_AUTHENTICATION = ['client_secret_basic', 'client_secret_post'];

export const serverMetadata = z.object({
  issuer: z.string(),
  token_endpoint: z.string(),
  token_endpoint_auth_methods_supported: z.array(z.string()),
  revocation_endpoint: z.string(),
  revocation_endpoint_auth_methods_supported: z.array(z.string()),
  introspection_endpoint: z.string(),
  introspection_endpoint_auth_methods_supported: z.array(z.string()),
  jwks_uri: z.string(),
  grant_types_supported: z.array(z.string()),
  response_types_supported: z.array(z.string()),
  scopes_supported: z.array(z.string()),
});

/** What a client library needs to know (RFC 8414). `issuer` has no path, and its metadata are where they are looked for. */
export function authorizationServerMetadata(issuer: string): z.output<typeof serverMetadata> {
  return {
    issuer,
    token_endpoint: issuer + OAUTH_PATHS.token,
    token_endpoint_auth_methods_supported: CLIENT_AUTHENTICATION,
    revocation_endpoint: issuer + OAUTH_PATHS.revoke,
    revocation_endpoint_auth_methods_supported: CLIENT_AUTHENTICATION,
    introspection_endpoint: issuer + OAUTH_PATHS.introspect,
    introspection_endpoint_auth_methods_supported: CLIENT_AUTHENTICATION,
    jwks_uri: issuer + OAUTH_PATHS.jwks,
    grant_types_supported: [...GRANT_TYPES],
    // There is no authorization endpoint; the member must be there nevertheless.
    response_types_supported: [],
    scopes_supported: CLIENT_SCOPES,
  };
}
