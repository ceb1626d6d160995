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

/** `{"data": …, "meta": {"requestId": …}}` around data that is JSON text already. `rest`: further members, each with its comma in front. */
export function envelope(data: string, requestId: string, rest = ''): string {
  return `{"data":${data}${rest},"meta":{"requestId":"${requestId}"}}`;
}

/** How many bytes an envelope adds to what it is around. The id of a request is ASCII. */
export function envelopeBytes(requestId: string): number {
  return EMPTY_ENVELOPE_BYTES + requestId.length;
}

const EMPTY_ENVELOPE_BYTES = envelope('', '').length;
