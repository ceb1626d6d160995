import { createHmac } from 'node:crypto';

/** The Standard Webhooks headers of a callback: HMAC-SHA256 over `id.timestamp.body`, keyed with the secret's bytes. `atSeconds`: unix time. */
export function signCallback(
  secret: string,
  { id, atSeconds, body }: { id: string; atSeconds: number; body: string },
): Record<string, string> {
  const signature = createHmac('sha256', secret).update(`${id}.${atSeconds}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': String(atSeconds), 'webhook-signature': `v1,${signature}` };
}
