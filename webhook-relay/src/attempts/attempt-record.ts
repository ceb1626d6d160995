// One attempt as the log keeps it: what a developer needs to see what we sent and heard, without what would let a reader act in somebody's name.
import { COMMON_HEADERS } from '../sending/send.ts';
import type { SendOutcome } from '../sending/send-outcome.ts';
import type { SignedHeaders } from '../signing/sign.ts';

const KEPT_BYTES_MAX = 64 * 1024;
const MASK = '***';
const SIGNATURE_END = 4;
const SIGNATURE_KINDS = ['sha256=', 'v1,'];
/** Headers of a response that say how it was served. All others may carry what belongs to the receiver's users. */
const RESPONSE_HEADERS: ReadonlySet<string> = new Set([
  'cache-control',
  'cf-ray',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'date',
  'location',
  'retry-after',
  'server',
  'traceparent',
  'transfer-encoding',
  'via',
  'x-amzn-requestid',
  'x-correlation-id',
  'x-request-id',
]);

export type RecordedExchange = {
  readonly requestHeaders: Readonly<Record<string, string>>;
  /** Bytes of ours need no look; they are kept as they are. */
  readonly requestBody: string | Buffer;
  readonly responseStatus: number | null;
  readonly responseHeaders: Readonly<Record<string, string>> | null;
  readonly responseBody: string | null;
  readonly responseTruncated: boolean;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly timings: SendOutcome['timings'];
  readonly durationMs: number;
};

/** `own`: headers of the endpoint. */
export function recordExchange(
  own: Readonly<Record<string, string>>,
  signed: SignedHeaders,
  body: Buffer,
  outcome: SendOutcome,
): RecordedExchange {
  const { timings } = outcome;
  const request = { requestHeaders: maskRequest(own, signed), requestBody: body.length > KEPT_BYTES_MAX ? textOf(body) : body };
  const shared = { ...request, timings, durationMs: Math.round(timings.totalMs) };
  if (outcome.kind === 'failed') {
    const { code, message } = outcome.error;
    const nothing = { responseStatus: null, responseHeaders: null, responseBody: null, responseTruncated: false };
    return { ...shared, ...nothing, errorCode: code, errorMessage: message };
  }
  return {
    ...shared,
    responseStatus: outcome.status,
    responseHeaders: maskResponse(outcome.headers),
    responseBody: textOf(outcome.body),
    responseTruncated: outcome.truncated,
    errorCode: null,
    errorMessage: null,
  };
}

/** The values of the endpoint's own headers are its owner's secrets; of a signature the end is enough to compare it by. */
function maskRequest(own: Readonly<Record<string, string>>, signed: SignedHeaders): Record<string, string> {
  const masked: Record<string, string> = { ...COMMON_HEADERS };
  for (const name of Object.keys(own)) masked[name] = MASK;
  const [house, standard] = [signed['X-Webhook-Signature'], signed['webhook-signature']];
  const ends = { 'X-Webhook-Signature': maskSignature(house), 'webhook-signature': standard.split(' ').map(maskSignature).join(' ') };
  return Object.assign(masked, signed, ends);
}

function maskSignature(signature: string): string {
  const kind = SIGNATURE_KINDS.find((start) => signature.startsWith(start)) ?? '';
  return `${kind}…${signature.slice(-SIGNATURE_END)}`;
}

function maskResponse(headers: Readonly<Record<string, string>>): Record<string, string> {
  const shown: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (name === 'set-cookie') shown[name] = MASK;
    else if (RESPONSE_HEADERS.has(name)) shown[name] = withoutNul(value);
  }
  return shown;
}

/** Text for PostgreSQL, which has no U+0000. */
function textOf(bytes: Buffer): string {
  return withoutNul(bytes.subarray(0, KEPT_BYTES_MAX).toString('utf8'));
}

function withoutNul(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text;
}
