import { parsed } from './portico-error.ts';
import { hmacKey } from './sign-request.ts';
import type { WebhookEvent } from './v1.generated.ts';

export class WebhookSignatureError extends Error {
  override readonly name = 'WebhookSignatureError';
}

export type WebhookRequest = {
  /** With names in lower case, or as `fetch` has them. */
  readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>;
  /** As it came: one that was parsed and written again has another signature. */
  readonly body: string | Uint8Array;
  readonly secret: string;
};

const TOLERANCE_SECONDS = 300;

/** The event of a webhook whose signature (Standard Webhooks) is the secret's and recent. Throws WebhookSignatureError for any other. */
export async function verifyWebhook({ headers, body, secret }: WebhookRequest): Promise<WebhookEvent> {
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => headerOf(headers, name));
  if (id === undefined || timestamp === undefined || signatures === undefined)
    throw new WebhookSignatureError('A header of the signature is missing.');
  const off = Math.abs(Date.now() / 1_000 - Number(timestamp));
  if (!/^\d{1,12}$/.test(timestamp) || off > TOLERANCE_SECONDS) throw new WebhookSignatureError('The webhook is not recent.');
  const bytes = typeof body === 'string' ? encode(body) : body;
  const signed = new Uint8Array([...encode(`${id}.${timestamp}.`), ...bytes]);
  const key = await hmacKey(secretBytes(secret), 'verify');
  for (const signature of signatures.split(' ')) {
    const [version, mac] = signature.split(',');
    // Compares in constant time.
    if (version === 'v1' && mac !== undefined && (await crypto.subtle.verify('HMAC', key, fromBase64(mac), signed)))
      return parsed(new TextDecoder().decode(bytes)) as WebhookEvent;
  }
  throw new WebhookSignatureError('The signature is not the one of this body and secret.');
}

function headerOf(headers: WebhookRequest['headers'], name: string): string | undefined {
  const value = headers instanceof Headers ? headers.get(name) : headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** `whsec_` is in front of base64; a secret of one's own is the key as it is. */
function secretBytes(secret: string): Uint8Array<ArrayBuffer> {
  return secret.startsWith('whsec_') ? fromBase64(secret.slice('whsec_'.length)) : encode(secret);
}

function encode(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** Empty for what is no base64: nothing has that signature. */
function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}
