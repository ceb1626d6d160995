import { createHash, createHmac } from 'node:crypto';
import type { SignatureScheme } from '@portico/contracts/access-records';

export type RequestToSign = {
  method: string;
  /** Path and query exactly as they are sent. */
  target: string;
  body?: string | Buffer;
  key: string;
  secret: string;
  scheme: SignatureScheme;
  nowMs: number;
};

/** The three headers of a signed request. `sha256` signs body and time, `v2` method and target too. */
export function signRequest({ method, target, body = '', key, secret, scheme, nowMs }: RequestToSign): Record<string, string> {
  const timestamp = String(Math.floor(nowMs / 1000));
  const mac = createHmac('sha256', secret);
  if (scheme === 'sha256') mac.update(body).update(timestamp);
  else mac.update(`${method}\n${target}\n${timestamp}\n${createHash('sha256').update(body).digest('hex')}`);
  return { 'X-API-Key': key, 'X-Timestamp': timestamp, 'X-API-Signature': `${scheme}=${mac.digest('hex')}` };
}
