// Decides whether a request comes from a key's holder: the key is known and in force, the signature is its secret's over this very
// request, recent, and not seen before. Warm cost alone: 2 µs, a third of it the two hashes.
import { hash, timingSafeEqual } from 'node:crypto';
import type { SignatureScheme } from '@portico/contracts/access-records';
import { isApiKeyText } from '@portico/contracts/api-key-text';
import { AppError } from '@portico/contracts/errors';
import type { AccessRecord } from '@portico/contracts/token-service';
import type { KeyDirectory, KnownKey } from './key-directory.ts';
import { createMacOf } from './mac.ts';
import type { ReplayGuard } from './replay-guard.ts';

export type SignedRequest = {
  method: string;
  /** Path and query as they were sent. */
  target: string;
  apiKey: string | undefined;
  signature: string | undefined;
  timestamp: string | undefined;
  body: Buffer;
  remoteAddress: string;
  idempotencyKey: string | undefined;
};

/** What was proved, by a key or by a token: whose it is, what it may do, how much and how often. */
export type Credentials = { readonly record: AccessRecord; readonly scopes: ReadonlySet<string> };

/** Answers at once when nothing has to be looked up. Throws AUTHENTICATION_ERROR, or AUTHORIZATION_ERROR for an address that is not allowed. */
export type Authenticator = { authenticate(request: SignedRequest): Credentials | Promise<Credentials> };

export type AuthenticatorDependencies = {
  directory: KeyDirectory;
  replay: ReplayGuard;
  touch(keyId: string, atMs: number): void;
  nowMs(): number;
};

const SKEW_SECONDS_MAX = 300;
const SIGNATURE = /^(sha256|v2)=([0-9a-f]{64})$/i;
const READS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
const HASH_OF_NOTHING = hash('sha256', '');
const NO_BYTES = Buffer.alloc(0);

type Signature = { readonly scheme: SignatureScheme; readonly hex: string };

export function createAuthenticator({ directory, replay, touch, nowMs }: AuthenticatorDependencies): Authenticator {
  const macOf = createMacOf();

  function check(known: KnownKey | undefined, request: SignedRequest): Credentials | Promise<Credentials> {
    if (known === undefined) throw refused('The API key is not known.');
    const now = nowMs();
    const { record } = known;
    if (record.status === 'revoked') throw refused('The API key was revoked.');
    if (record.expiresAt <= now) throw refused('The API key has expired.');
    const timestamp = readTimestamp(request.timestamp, now);
    const signature = readSignature(known, request.signature);
    verify(known, request, signature, timestamp);
    if (!known.allowsAddress(request.remoteAddress))
      throw new AppError('AUTHORIZATION_ERROR', 'The API key may not be used from this address.');
    touch(record.id, now);
    if (READS.has(request.method)) return known;
    return firstUse(known, request, signature, timestamp);
  }

  function verify(known: KnownKey, request: SignedRequest, { scheme, hex }: Signature, timestamp: string): void {
    const expected =
      scheme === 'sha256' ? macOf(known.mac, request.body, timestamp) : macOf(known.mac, NO_BYTES, canonical(request, timestamp));
    if (!timingSafeEqual(Buffer.from(hex, 'hex'), expected)) throw refused('The signature is not the one of this request and secret.');
  }

  async function firstUse(known: KnownKey, request: SignedRequest, { scheme, hex }: Signature, timestamp: string): Promise<Credentials> {
    const accepted = await replay.accept({
      keyId: known.record.id,
      // In one spelling: the same digits in upper case are the same signature.
      signature: `${scheme}=${hex.toLowerCase()}`,
      // With its place: the sha256 scheme signs neither method nor target, and a request that was refused has not used its key up.
      idempotencyKey:
        request.idempotencyKey === undefined ? undefined : hash('sha256', `${request.method} ${request.target}\n${request.idempotencyKey}`),
      expiresAtMs: (Number(timestamp) + 2 * SKEW_SECONDS_MAX) * 1_000,
    });
    if (!accepted) {
      throw refused(
        'This signature was used before. Sign every request anew; two equal requests within a second differ only under the v2 scheme or another body.',
      );
    }
    return known;
  }

  return {
    authenticate(request) {
      const { apiKey } = request;
      if (apiKey === undefined) throw refused('The X-API-Key header is missing, and there is no bearer token.');
      const known = directory.peek(apiKey);
      if (known !== undefined) return check(known, request);
      if (!isApiKeyText(apiKey)) throw refused('The API key is malformed: it is ak_live_ or ak_test_, 32 characters, and a checksum.');
      return directory.load(apiKey).then((loaded) => check(loaded, request));
    },
  };
}

function readTimestamp(text: string | undefined, nowMs: number): string {
  if (text === undefined) throw refused('The X-Timestamp header is missing.');
  if (!/^\d{9,11}$/.test(text)) throw refused('The X-Timestamp header must be unix seconds.');
  const skew = Number(text) - Math.floor(nowMs / 1_000);
  if (Math.abs(skew) > SKEW_SECONDS_MAX) {
    throw refused(
      `The timestamp is ${Math.abs(skew)} seconds in the ${skew > 0 ? 'future' : 'past'}; at most ${SKEW_SECONDS_MAX} are allowed. Check your clock.`,
    );
  }
  return text;
}

/** The scheme, which the key accepts, and the digits as they were sent. Only one may be sent: a second could be sent again without the first. */
function readSignature({ record }: KnownKey, text: string | undefined): Signature {
  if (text === undefined) throw refused('The X-API-Signature header is missing.');
  const [, given, hex] = SIGNATURE.exec(text.trim()) ?? [];
  const scheme = given?.toLowerCase();
  if (hex === undefined || (scheme !== 'sha256' && scheme !== 'v2'))
    throw refused('The X-API-Signature header must be one sha256=<64 hex digits> or v2=<64 hex digits>.');
  if (!record.signatures.includes(scheme)) throw refused(`This API key accepts only ${record.signatures.join(' or ')} signatures.`);
  return { scheme, hex };
}

function canonical({ method, target, body }: SignedRequest, timestamp: string): string {
  return `${method}\n${target}\n${timestamp}\n${body.length === 0 ? HASH_OF_NOTHING : hash('sha256', body)}`;
}

function refused(message: string): AppError {
  return new AppError('AUTHENTICATION_ERROR', message);
}
