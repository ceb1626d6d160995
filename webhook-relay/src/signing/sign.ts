// The headers of one attempt, in two families over the same bytes and the same time: the house's own (`X-Webhook-…`), whose key is the secret as
// printed, and Standard Webhooks 1.0.0 (`webhook-…`), whose key is what the secret decodes to. A receiver verifies whichever it knows.
import { type MacKey, mac } from '@portico/service-kit/mac';
import type { SigningKeys } from './secret.ts';

export type AttemptToSign = {
  readonly eventId: string;
  readonly eventType: string;
  /** From 1. */
  readonly attempt: number;
  /** Unix seconds of this attempt. */
  readonly timestampSeconds: number;
  /** The bytes that are sent. */
  readonly body: Buffer;
  readonly keys: SigningKeys;
  /** Those of the secrets before, oldest first, for as long as a rotation is neither completed nor expired. */
  readonly previousKeys?: readonly SigningKeys[];
};

export type SignedHeaders = Readonly<
  Record<
    | 'X-Webhook-Id'
    | 'X-Webhook-Event'
    | 'X-Webhook-Attempt'
    | 'X-Webhook-Timestamp'
    | 'X-Webhook-Signature'
    | 'webhook-id'
    | 'webhook-timestamp'
    | 'webhook-signature',
    string
  >
>;

/**
 * Two HMACs, and one more for each secret before the newest. The house header holds one value only, so it stays with the oldest secret until the partner has moved; the
 * Standard header lists all, the newest first.
 */
export function sign(attempt: AttemptToSign): SignedHeaders {
  const { eventId, keys, previousKeys = [], body } = attempt;
  const timestamp = String(attempt.timestampSeconds);
  const standardBy = ({ standard }: SigningKeys): string => standardSignature(standard, eventId, timestamp, body);
  return {
    'X-Webhook-Id': eventId,
    'X-Webhook-Event': attempt.eventType,
    'X-Webhook-Attempt': String(attempt.attempt),
    'X-Webhook-Timestamp': timestamp,
    'X-Webhook-Signature': houseSignature((previousKeys[0] ?? keys).house, body),
    'webhook-id': eventId,
    'webhook-timestamp': timestamp,
    'webhook-signature': previousKeys.reduceRight((before, older) => `${before} ${standardBy(older)}`, standardBy(keys)),
  };
}

/** `sha256=` and the hex HMAC-SHA256 of the body. */
export function houseSignature(key: MacKey, body: Buffer): string {
  return `sha256=${mac(key, '', body, 'hex')}`;
}

/** `v1,` and the base64 HMAC-SHA256 of id, timestamp and body, joined by dots. */
export function standardSignature(key: MacKey, id: string, timestamp: string, body: Buffer): string {
  return `v1,${mac(key, `${id}.${timestamp}.`, body, 'base64')}`;
}
