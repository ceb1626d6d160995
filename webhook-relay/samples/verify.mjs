// Verifies a Portico webhook. `headers` has lower-case names, as Node gives them; `body` is the Buffer as it came, before any JSON parser.
import { createHmac, timingSafeEqual } from 'node:crypto';

export function verifyWebhook(headers, body, secret, { toleranceSeconds = 300, now = Date.now() / 1000 } = {}) {
  return verifyHouse(headers, body, secret, toleranceSeconds, now) || verifyStandard(headers, body, secret, toleranceSeconds, now);
}

/** X-Webhook-Signature: the body alone, keyed with the secret as printed. */
export function verifyHouse(headers, body, secret, toleranceSeconds = 300, now = Date.now() / 1000) {
  if (!fresh(headers['x-webhook-timestamp'], toleranceSeconds, now)) return false;
  const expected = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
  return equal(expected, headers['x-webhook-signature'] ?? '');
}

/** webhook-signature (Standard Webhooks): id, timestamp and body, keyed with what the secret decodes to. */
export function verifyStandard(headers, body, secret, toleranceSeconds = 300, now = Date.now() / 1000) {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures = '' } = headers;
  if (!id || !fresh(timestamp, toleranceSeconds, now)) return false;
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : secret;
  const expected = `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64')}`;
  return signatures.split(' ').some((signature) => equal(expected, signature));
}

function fresh(timestamp, toleranceSeconds, now) {
  return /^\d{1,12}$/.test(timestamp ?? '') && Math.abs(now - Number(timestamp)) <= toleranceSeconds;
}

function equal(a, b) {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
