// The v2 signature and that of webhooks, with what Node, Deno, Bun and workers all have: WebCrypto.

const ENCODER = new TextEncoder();
const HMAC = { name: 'HMAC', hash: 'SHA-256' };

export type KeyAndSecret = { readonly key: string; readonly secret: string };
export type ToSign = { readonly method: string; readonly url: URL; readonly body: string };

/** The three headers of a signed request. A signature is good once: every attempt has its own. */
export async function signRequest({ key, secret }: KeyAndSecret, { method, url, body }: ToSign): Promise<Record<string, string>> {
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const digest = hex(await crypto.subtle.digest('SHA-256', ENCODER.encode(body)));
  const signing = await hmacKey(ENCODER.encode(secret), 'sign');
  const message = [method, url.pathname + url.search, timestamp, digest].join('\n');
  const signature = hex(await crypto.subtle.sign('HMAC', signing, ENCODER.encode(message)));
  return { 'X-API-Key': key, 'X-Timestamp': timestamp, 'X-API-Signature': `v2=${signature}` };
}

export function hmacKey(secret: Uint8Array<ArrayBuffer>, use: 'sign' | 'verify'): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', secret, HMAC, false, [use]);
}

function hex(buffer: ArrayBuffer): string {
  return Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
