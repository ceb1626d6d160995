import type { Warning } from '../declare/deprecation.ts';
import type { Conventions } from '../declare/version.ts';

/** What a step gives back: the whole of what is to be sent. Nothing is sent before every step has had its say. */
export type Answer = {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Record<string, string>;
  /** JSON text or bytes; undefined for none. */
  readonly body: string | Buffer | undefined;
  /** How long the body is in UTF-8, where that is known without looking at it. */
  readonly bodyBytes?: number | undefined;
};

export const JSON_TYPE = 'application/json; charset=utf-8';

export function jsonAnswer(status: number, body: string, headers: Record<string, string> = {}): Answer {
  return { status, headers: { 'content-type': JSON_TYPE, ...headers }, body };
}

/** `{"data": …, "meta": {"requestId": …}}`, what every success is in. */
export type Envelope = {
  /** Around data that is JSON text already. `rest`: further members, each with its comma in front. */
  around(data: string, requestId: string, rest?: string): string;
  /** How many bytes it adds to what it is around. The id of a request is ASCII. */
  bytes(requestId: string): number;
};

export function createEnvelope({ name }: Pick<Conventions, 'name'>, warnings: readonly Warning[] = []): Envelope {
  const meta = `,"meta":{"${name('requestId')}":"`;
  const end = warnings.length === 0 ? '"}}' : `","warnings":${JSON.stringify(warnings)}}}`;
  const around: Envelope['around'] = (data, requestId, rest = '') => `{"data":${data}${rest}${meta}${requestId}${end}`;
  const emptyBytes = Buffer.byteLength(around('', ''));
  return { around, bytes: (requestId) => emptyBytes + requestId.length };
}
