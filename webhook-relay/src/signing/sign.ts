// The headers of one attempt, in two families over the same bytes and the same time: the house's own (`X-Webhook-…`), whose key is the secret as
// printed, and Standard Webhooks 1.0.0 (`webhook-…`), whose key is what the secret decodes to. A receiver verifies whichever it knows.
import { createHmac, type KeyObject } from 'node:crypto';
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
  /** Those of the secret before, for as long as a rotation is neither completed nor expired. */
  readonly previousKeys?: SigningKeys | undefined;
};

export type SignedHeaders = Readonly<Record<(typeof SIGNED_HEADERS)[number], string>>;

export const SIGNED_HEADERS = [
  'X-Webhook-Id',
  'X-Webhook-Event',
  'X-Webhook-Attempt',
  'X-Webhook-Timestamp',
  'X-Webhook-Signature',
  'webhook-id',
  'webhook-timestamp',
  'webhook-signature',
] as const;

/**
 * Two HMACs, three during a rotation. The house header holds one value only, so it stays with the old secret until the partner has moved; the
 * Standard header lists both.
 */
export function sign(attempt: AttemptToSign): SignedHeaders {
  const { eventId, keys, previousKeys, body } = attempt;
  const timestamp = String(attempt.timestampSeconds);
  const standard = standardSignature(keys.standard, eventId, timestamp, body);
  const before = previousKeys === undefined ? '' : ` ${standardSignature(previousKeys.standard, eventId, timestamp, body)}`;
  return {
    'X-Webhook-Id': eventId,
    'X-Webhook-Event': attempt.eventType,
    'X-Webhook-Attempt': String(attempt.attempt),
    'X-Webhook-Timestamp': timestamp,
    'X-Webhook-Signature': houseSignature((previousKeys ?? keys).house, body),
    'webhook-id': eventId,
    'webhook-timestamp': timestamp,
    'webhook-signature': standard + before,
  };
}

type Key = string | Buffer | KeyObject;

/** `sha256=` and the hex HMAC-SHA256 of the body. */
export function houseSignature(key: Key, body: Buffer): string {
  return `sha256=${createHmac('sha256', key).update(body).digest('hex')}`;
}

/** `v1,` and the base64 HMAC-SHA256 of id, timestamp and body, joined by dots. */
export function standardSignature(key: Key, id: string, timestamp: string, body: Buffer): string {
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64')}`;
}
