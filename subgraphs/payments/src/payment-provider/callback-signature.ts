import { createHmac, timingSafeEqual } from 'node:crypto';
import { CALLBACK_TOLERANCE_MS } from './payment-provider.ts';

export type SignedCallback = {
  readonly secret: string;
  readonly signed: string | Buffer;
  readonly encoding: 'hex' | 'base64';
  /** All that came; one of them must hold, because a provider signs twice while a secret is changed. */
  readonly signatures: readonly string[];
  /** Unix seconds, as they came. */
  readonly timestamp: string;
  readonly now: Date;
};

/** What is wrong with a callback's signature (HMAC-SHA256) or with its time; undefined when both hold. */
export function signatureProblem({ secret, signed, encoding, signatures, timestamp, now }: SignedCallback): string | undefined {
  if (!/^\d{1,12}$/.test(timestamp) || signatures.length === 0) return 'The signature is missing or malformed.';
  const wanted = Buffer.from(createHmac('sha256', secret).update(signed).digest(encoding));
  const holds = signatures.some((text) => {
    const given = Buffer.from(text);
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  });
  if (!holds) return 'The signature does not belong to the body.';
  const ageMs = Math.abs(now.getTime() - Number(timestamp) * 1_000);
  return ageMs > CALLBACK_TOLERANCE_MS ? 'The signature is too old, or from the future.' : undefined;
}
