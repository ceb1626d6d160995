import { newId } from '@portico/contracts/ids';

const CORRELATION_ID = /^[A-Za-z0-9._:-]{1,128}$/;
/** W3C Trace Context §3.2, version 00. */
const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The given id, if it can stand in a header and a log line as it is, else a new `req_` id. */
export function correlationIdOf(given: string | undefined, makeId: () => string = () => newId('request')): string {
  return given !== undefined && CORRELATION_ID.test(given) ? given : makeId();
}

/** What is sent with every try of a call. A `traceparent` that is none is left out. */
export function correlationHeaders(correlationId: string, traceparent?: string): Readonly<Record<string, string>> {
  const headers = { 'x-correlation-id': correlationId };
  return traceparent !== undefined && TRACEPARENT.test(traceparent) ? { ...headers, traceparent } : headers;
}
