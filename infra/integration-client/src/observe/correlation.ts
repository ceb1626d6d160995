import { newId } from '@portico/contracts/ids';
import { readTraceparent } from '@portico/service-kit/tracing/trace-context';

const CORRELATION_ID = /^[A-Za-z0-9._:-]{1,128}$/;

/** The given id, if it can stand in a header and a log line as it is, else a new `req_` id. */
export function correlationIdOf(given: string | undefined): string {
  return given !== undefined && CORRELATION_ID.test(given) ? given : newId('request');
}

/** What is sent with every try of a call. A `traceparent` that is none is left out. */
export function correlationHeaders(correlationId: string, given?: string): Readonly<Record<string, string>> {
  const headers = { 'x-correlation-id': correlationId };
  const traceparent = readTraceparent(given);
  return traceparent === undefined ? headers : { ...headers, traceparent };
}
