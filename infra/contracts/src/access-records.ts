// What a gateway must know of a credential to check a request. Owned and written by the admin service; a gateway only keeps copies.
import { z } from 'zod';
import { MODES } from './caller.ts';
import { TIER_NAMES } from './tiers.ts';

const rateLimit = z.object({ limit: z.number().int().positive(), windowSeconds: z.number().int().positive() });

/** `sha256` signs body and time, `v2` method and target too. */
export const SIGNATURE_SCHEMES = ['sha256', 'v2'] as const;
export type SignatureScheme = (typeof SIGNATURE_SCHEMES)[number];

export const keyRecord = z.object({
  id: z.string(),
  accountId: z.string(),
  mode: z.enum(MODES),
  name: z.string(),
  scopes: z.array(z.string()),
  tier: z.enum(TIER_NAMES),
  /** The limits that hold for this key: its tier's, its own where set, times ten in test mode. */
  limits: z.object({ quota: rateLimit, burst: rateLimit }),
  /** HMAC key of the request signature, in clear: it exists only in the memory of the admin service and the gateways. */
  signingSecret: z.string(),
  /** Signature schemes this key accepts; a key can demand `v2`. */
  signatures: z.array(z.enum(SIGNATURE_SCHEMES)),
  /** CIDR blocks the key may be used from; empty for everywhere. */
  allowedAddresses: z.array(z.string()),
  /** Origins that browsers may call from with this account's keys. */
  allowedOrigins: z.array(z.string()),
  status: z.enum(['active', 'revoked']),
  /** Unix milliseconds. */
  expiresAt: z.number(),
});
export type KeyRecord = z.infer<typeof keyRecord>;

/** Stands for an id where anything may have changed: forget everything. */
export const ANYTHING = '*';

/** Where a gateway asks for a credential it does not know yet. In one process a function of the admin service, else an HTTP call to it. */
export type KeySource = {
  /** `keyHash`: SHA-256 of the whole key as lower-case hex. Answers undefined for a key that never was. */
  findKey(keyHash: string): Promise<KeyRecord | undefined>;
  /** Calls back with a key's id whenever its record changed. The gateway drops its copy. */
  onKeyChange(listener: (keyId: string) => void): Disposable;
  /** Tells when a key was used last; written in batches, at most a minute late. */
  touch(keyId: string, atMs: number): void;
};

/** Public keys, as JWK, that sign the service tokens of internal teams. */
export const jwks = z.object({ keys: z.array(z.record(z.string(), z.unknown())) });
export type Jwks = z.infer<typeof jwks>;

/** `iss` and `aud` of the tokens that our own directory gives to internal teams. */
export const SERVICE_TOKEN_ISSUER = 'portico';
export const SERVICE_TOKEN_AUDIENCE = 'portico-graph';
