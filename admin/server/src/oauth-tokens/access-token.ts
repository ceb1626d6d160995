// Access tokens: RS256 JWTs of the profile of RFC 9068, good for an hour.
import { createPublicKey } from 'node:crypto';
import { newId } from '@portico/contracts/ids';
import { ACCESS_TOKEN_AUDIENCE, ACCESS_TOKEN_TYPE, type AccessTokenClaims, accessTokenClaims } from '@portico/contracts/token-service';
import { createDecoder, createSigner, createVerifier } from 'fast-jwt';
import type { AdminContext } from '../context.ts';
import type { OauthClient } from '../oauth-clients/client.entity.ts';
import { sealedPrivateKey } from '../service-tokens/signing-key.entity.ts';
import { ensureSigningKey, serviceJwks, TOKEN_LIFETIME_SECONDS_MAX } from '../service-tokens/signing-keys.ts';

export const ACCESS_TOKEN_LIFETIME_SECONDS = TOKEN_LIFETIME_SECONDS_MAX;

export type SignAccessToken = (grant: { client: OauthClient; familyId: string; scopes: readonly string[] }) => string;

/** A signer with the key that signs now. Made before a transaction begins: it asks the database itself. */
export async function accessTokenSigner(context: AdminContext, issuer: string): Promise<SignAccessToken> {
  const key = await ensureSigningKey(context);
  const sign = createSigner({
    algorithm: 'RS256',
    key: sealedPrivateKey.open(context.keyRing, key.id, key.privateKeySealed),
    kid: key.id,
    header: { alg: 'RS256', typ: ACCESS_TOKEN_TYPE },
  });
  return ({ client, familyId, scopes }) => {
    const iat = Math.floor(context.now().getTime() / 1_000);
    const claims: AccessTokenClaims & { aud: string } = {
      iss: issuer,
      aud: ACCESS_TOKEN_AUDIENCE,
      sub: client.id,
      client_id: client.id,
      user_id: client.id,
      account: client.accountId,
      mode: client.mode,
      permissions: [...scopes],
      scope: scopes.join(' '),
      jti: newId('token'),
      family: familyId,
      iat,
      nbf: iat,
      exp: iat + ACCESS_TOKEN_LIFETIME_SECONDS,
    };
    return sign(claims);
  };
}

/** The claims of an access token of ours that is good by itself; undefined for anything else. Whether it was revoked is another question. */
export async function readAccessToken(context: AdminContext, token: string, issuer: string): Promise<AccessTokenClaims | undefined> {
  // A refresh token has no dot: for it no key is looked for.
  if (!token.includes('.')) return undefined;
  const { keys } = await serviceJwks(context);
  try {
    const { header } = createDecoder({ complete: true })(token) as { header: { kid?: unknown } };
    const jwk = keys.find(({ kid }) => kid === header.kid);
    if (jwk === undefined) return undefined;
    const verify = createVerifier({
      key: String(createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' })),
      algorithms: ['RS256'],
      checkTyp: ACCESS_TOKEN_TYPE,
      allowedIss: issuer,
      allowedAud: ACCESS_TOKEN_AUDIENCE,
      requiredClaims: ['iss', 'aud', 'exp'],
      clockTimestamp: context.now().getTime(),
    });
    return accessTokenClaims.safeParse(verify(token)).data;
  } catch {
    // Whatever is wrong with it: it is no token of ours.
    return undefined;
  }
}
