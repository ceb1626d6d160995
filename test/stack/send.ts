import type { SignatureScheme } from '@portico/contracts/access-records';
import { signRequest } from '@portico/mesh/access/sign-request';
import type { Key } from './credentials.ts';

export type Reply = { status: number; headers: Headers; body: never; text: string };
export type RequestOptions = {
  body?: unknown;
  headers?: Readonly<Record<string, string>>;
  scheme?: SignatureScheme;
  key?: Key;
  nowMs?: number;
};

const SIGNED_BEHIND_MS = 120_000;

/**
 * Times to sign at (ms), each in a second of its own and not long ago: equal requests of one second have one signature, which is good for one use, and
 * one of five minutes ago is refused, however long the tests before this one took.
 */
export function signingTimes(): () => number {
  let last = 0;
  return () => {
    last = Math.max(last + 1_000, Date.now() - SIGNED_BEHIND_MS);
    return last;
  };
}

/** Sends a signed request and reads the answer. v2 by default, so that equal requests within a second have different signatures by their path. */
export async function send(
  { url }: { readonly url: string },
  method: string,
  target: string,
  options: RequestOptions = {},
): Promise<Reply> {
  const { body, headers = {}, scheme = 'v2', key, nowMs = Date.now() } = options;
  const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
  const signature =
    key === undefined ? {} : signRequest({ method, target, body: text ?? '', key: key.key, secret: key.secret, scheme, nowMs });
  const type: Record<string, string> = text === undefined ? {} : { 'content-type': 'application/json' };
  const response = await fetch(url + target, { method, body: text ?? null, headers: { ...type, ...signature, ...headers } });
  const answered = await response.text();
  const json = response.headers.get('content-type')?.startsWith('application/json') === true && answered !== '';
  return { status: response.status, headers: response.headers, text: answered, body: (json ? JSON.parse(answered) : undefined) as never };
}
