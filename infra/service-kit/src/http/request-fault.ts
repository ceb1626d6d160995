// What Node's parser lets through and RFC 9112 does not: requests that this server and a proxy before it could read differently.
import type { IncomingMessage } from 'node:http';
import { AppError } from '@portico/contracts/errors';

const HEADERS_MAX = 100;
const VISIBLE_ASCII = /^[\x21-\x7e]+$/;
/** Host names, addresses, and a port. */
const HOST = /^(?:[\w.~%!$&'()*+,;=-]*|\[[\da-fA-F:.]+\])(?::\d{0,5})?$/;

/** Why a request must not be served; undefined when it may. */
export function requestFault({
  httpVersion,
  url = '',
  rawHeaders,
  headers,
}: Pick<IncomingMessage, 'httpVersion' | 'url' | 'rawHeaders' | 'headers'>): AppError | undefined {
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return fault('Only HTTP/1.1 and HTTP/1.0 are spoken here.');
  if (rawHeaders.length > 2 * HEADERS_MAX)
    return new AppError('REQUEST_HEADERS_TOO_LARGE', `A request may have at most ${HEADERS_MAX} headers.`);
  if (!VISIBLE_ASCII.test(url)) return fault('The target must be percent-encoded.');
  if (url.includes('#')) return fault('The target must not have a fragment.');
  const { host, 'transfer-encoding': coding, expect } = headers;
  const hosts = countHosts(rawHeaders);
  // RFC 9112, 3.2.
  if (hosts > 1 || (hosts === 0 && httpVersion === '1.1')) return fault('A request has exactly one Host header.');
  if (host !== undefined && !HOST.test(host)) return fault('The Host header is not valid.');
  // RFC 9112, 6.1: other codings would have to be undone, and HTTP/1.0 has none.
  if (coding !== undefined && (httpVersion === '1.0' || coding.toLowerCase() !== 'chunked'))
    return fault('The only transfer coding is chunked, in HTTP/1.1.');
  if (expect !== undefined && expect.toLowerCase() !== '100-continue') return fault('The only expectation is 100-continue.');
  return undefined;
}

/** Node keeps the first of several and drops the rest. */
function countHosts(rawHeaders: readonly string[]): number {
  let count = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? '';
    if (name.length === 4 && name.toLowerCase() === 'host') count += 1;
  }
  return count;
}

function fault(message: string): AppError {
  return new AppError('VALIDATION_ERROR', message);
}
