// Signing costs 0.1 to 1 ms, so a token is used until a quarter of its life is left.
import { createSigner } from 'fast-jwt';
import type { Secret } from '../secrets.ts';
import type { SignedJwtAuth } from './auth-declaration.ts';
import type { Authorization, Authorizer, AuthorizerDependencies } from './authorizer.ts';
import { CredentialFailure } from './credential-failure.ts';
import { openSecretAuth } from './secret-auth.ts';
import { readValues, signingKey } from './secret-values.ts';

const USED_OF_LIFE = 0.75;

/** A bearer token that we sign ourselves (RFC 7519). */
export function openJwtAuth(auth: SignedJwtAuth, deps: AuthorizerDependencies): Authorizer {
  return openSecretAuth(
    {
      reference: auth.key,
      check: (secret) => void sign(auth, secret, deps.now()),
      make: (secret) => ({
        authorization: sign(auth, secret, deps.now()),
        renewAt: deps.now() + auth.lifetimeMs * USED_OF_LIFE,
      }),
      about: [auth.kind, auth.issuer, auth.audience, JSON.stringify(auth.claims)],
    },
    deps,
  );
}

function sign(auth: SignedJwtAuth, secret: Secret, atMs: number): Authorization {
  const { privateKey, keyId } = readValues(signingKey, secret, auth.key.name);
  const iat = Math.floor(atMs / 1_000);
  const claims = { ...auth.claims, iss: auth.issuer, aud: auth.audience, iat, exp: iat + Math.floor(auth.lifetimeMs / 1_000) };
  try {
    const signer = createSigner({ algorithm: auth.algorithm, key: privateKey, ...(keyId === undefined ? {} : { kid: keyId }) });
    return { headers: { authorization: `Bearer ${signer(claims)}` } };
  } catch {
    throw new CredentialFailure('unusable', `The secret "${auth.key.name}" holds no private key for ${auth.algorithm}.`);
  }
}
