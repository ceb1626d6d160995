import type { ApiKeyAuth, BearerAuth } from './auth-declaration.ts';
import type { Authorization, Authorizer, AuthorizerDependencies } from './authorizer.ts';
import { openSecretAuth } from './secret-auth.ts';
import { plainValue, readValues } from './secret-values.ts';

/** An API key or a bearer token: the secret itself is sent. */
export function openHeaderAuth(auth: ApiKeyAuth | BearerAuth, deps: AuthorizerDependencies): Authorizer {
  const { name } = auth.secret;
  return openSecretAuth(
    {
      reference: auth.secret,
      check: (secret) => void readValues(plainValue, secret, name),
      make: (secret) => ({ authorization: authorizationOf(auth, readValues(plainValue, secret, name).value) }),
      about: [auth.kind],
    },
    deps,
  );
}

function authorizationOf(auth: ApiKeyAuth | BearerAuth, value: string): Authorization {
  if (auth.kind === 'bearer') return { headers: { authorization: `Bearer ${value}` } };
  if (auth.header !== undefined) return { headers: { [auth.header.toLowerCase()]: value } };
  return { headers: {}, query: { [auth.query]: value } };
}
