// Signature and claims of a JWT: RS256 and nothing else, whatever its header says, with the key that its header names and we published.
import { AppError } from '@portico/contracts/errors';
import { createDecoder, createVerifier } from 'fast-jwt';
import { LRUCache } from 'lru-cache';
import type { z } from 'zod';
import { KEYS_KEPT_MS, type PublicKeys } from './public-keys.ts';

export type JwtRules<Claims extends z.ZodType> = {
  keys: PublicKeys;
  issuer: () => string;
  audience: string;
  /** `typ` of the header, where the profile demands one. */
  type?: string;
  claims: Claims;
  /** How many verified tokens to keep, for half a minute, for whoever keeps none himself. */
  cache?: number;
};

/** `kid`: the key that signed it. */
export type VerifiedJwt<Claims> = { readonly claims: Claims; readonly kid: string };

const TOKEN_LENGTH_MAX = 8_192;
const KID_LENGTH_MAX = 128;
const VERIFIERS_MAX = 100;
/** Clocks of our own programs may differ by this much. */
const CLOCK_TOLERANCE_MS = 5_000;

/** Throws AUTHENTICATION_ERROR for a token that is not good. */
export function createJwtVerifier<Claims extends z.ZodType>(
  rules: JwtRules<Claims>,
): (token: string) => Promise<VerifiedJwt<z.output<Claims>>> {
  const decode = createDecoder({ complete: true });
  const verifiers = new LRUCache<string, (token: string) => unknown>({ max: VERIFIERS_MAX });
  function verifierOf(pem: string): (token: string) => unknown {
    let verifier = verifiers.get(pem);
    if (verifier === undefined) {
      verifier = createVerifier({
        key: pem,
        algorithms: ['RS256'],
        allowedIss: rules.issuer(),
        allowedAud: rules.audience,
        requiredClaims: ['iss', 'aud', 'exp', 'sub'],
        clockTolerance: CLOCK_TOLERANCE_MS,
        cache: rules.cache ?? false,
        cacheTTL: KEYS_KEPT_MS,
        ...(rules.type === undefined ? {} : { checkTyp: rules.type }),
      });
      verifiers.set(pem, verifier);
    }
    return verifier;
  }
  return async (token) => {
    if (token.length > TOKEN_LENGTH_MAX) throw refused('The token is too long.');
    const kid = readKid(decode, token);
    const pem = await rules.keys.find(kid);
    if (pem === undefined) throw refused('The token is signed with a key that is not ours.');
    let payload: unknown;
    try {
      payload = verifierOf(pem)(token);
    } catch (cause) {
      throw new AppError('AUTHENTICATION_ERROR', 'The token is not valid: it has expired, is for others, or was altered.', { cause });
    }
    const parsed = rules.claims.safeParse(payload);
    if (!parsed.success) throw refused('The token lacks a claim.');
    return { claims: parsed.data, kid };
  };
}

function readKid(decode: (token: string) => unknown, token: string): string {
  try {
    const { header } = decode(token) as { header: { kid?: unknown } };
    if (typeof header.kid === 'string' && header.kid.length <= KID_LENGTH_MAX) return header.kid;
  } catch {
    // Not a token at all; the same answer.
  }
  throw refused('The token is malformed or names no key.');
}

function refused(message: string): AppError {
  return new AppError('AUTHENTICATION_ERROR', message);
}
