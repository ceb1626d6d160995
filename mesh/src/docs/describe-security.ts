import { CLIENT_SCOPES, OAUTH_PATHS } from '../oauth/metadata.ts';

/** How to prove who asks: with a key, or with a token. */
export const SECURITY_SCHEMES = {
  apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'ak_live_… or ak_test_…' },
  signature: {
    type: 'apiKey',
    in: 'header',
    name: 'X-API-Signature',
    description: 'sha256=<hex> or v2=<hex>, HMAC-SHA256 with the signing secret.',
  },
  timestamp: { type: 'apiKey', in: 'header', name: 'X-Timestamp', description: 'Unix seconds, at most 300 off.' },
  oauth2: {
    type: 'oauth2',
    description: `OAuth 2.0 client credentials. Described for libraries at ${OAUTH_PATHS.metadata}.`,
    flows: {
      clientCredentials: {
        tokenUrl: OAUTH_PATHS.token,
        refreshUrl: OAUTH_PATHS.refresh,
        scopes: Object.fromEntries(CLIENT_SCOPES.map((scope) => [scope, describeScope(scope)])),
      },
    },
  },
  bearer: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'An access token of the token endpoint: RS256, good for an hour.',
  },
};

/** What one operation accepts: a signed key, or a token, each with these scopes. */
export function securityOf(scopes: readonly string[]): Record<string, readonly string[]>[] {
  return [{ apiKey: [], signature: [], timestamp: [] }, { oauth2: scopes }, { bearer: [] }];
}

/** `orders:read` → Read orders. */
function describeScope(scope: string): string {
  const [resource, action = resource] = scope.split(':');
  const verb = action === 'read' ? 'Read' : 'Change';
  return `${verb} ${resource === action ? 'everything' : resource}.`;
}
