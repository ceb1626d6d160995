// What a step gives back: everything that is sent, and nothing that is sent yet.

export type Answer = {
  readonly status: number;
  /** Names in lower case; a value may be repeated by a list. */
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

/** `{"data": …, "meta": {"requestId": …}}` around data that is JSON text already. `rest`: further members, each with its comma in front. */
export function envelope(data: string, requestId: string, rest = ''): string {
  return `{"data":${data}${rest},"meta":{"requestId":"${requestId}"}}`;
}

/** What an envelope is longer by than what it is around. The id of a request is ASCII. */
export function envelopeBytes(requestId: string): number {
  return EMPTY_ENVELOPE_BYTES + requestId.length;
}

const EMPTY_ENVELOPE_BYTES = envelope('', '').length;
