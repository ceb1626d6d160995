import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Answer } from './answer/answer.ts';
import { pushRateLimitHeaders } from './answer/rate-limit-headers.ts';
import type { ContractVersion } from './declare/version.ts';
import type { RestRequest } from './rest-request.ts';

/** A browser that came by TLS once comes by nothing else for a year (RFC 6797). It must not be said over plain HTTP. */
export const STRICT_TRANSPORT = 'max-age=31536000; includeSubDomains';
/** For a page without scripts, frames or forms; one that needs more brings a policy of its own. */
const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** How much of a body that nobody wants is read, so that whoever sends it gets to read why. */
const DROPPED_BYTES_MAX = 33_554_432;

/** Sends an answer at once, whole. HEAD gets the headers of GET. `ending`: connections that take no further request. */
export function sendAnswer(
  request: RestRequest,
  res: ServerResponse,
  { status, headers, body, bodyBytes }: Answer,
  ending: WeakSet<Socket>,
): void {
  const { incoming } = request;
  const list: string[] = [];
  push(list, edgeHeaders(request.requestId, incoming.socket instanceof TLSSocket, request.contract));
  push(list, headers);
  if (request.endpoint?.deprecation !== undefined) list.push(...request.endpoint.deprecation.headers(request.params).flat());
  if (request.rateLimit !== undefined) pushRateLimitHeaders(list, request.rateLimit);
  if (headers['content-type']?.startsWith('text/html') === true && headers['content-security-policy'] === undefined)
    list.push('content-security-policy', PAGE_POLICY);
  if (body !== undefined) list.push('content-length', String(bodyBytes ?? Buffer.byteLength(body)));
  else if (status !== 204 && status !== 304) list.push('content-length', '0');
  // A body that was not read would be taken for the next request on this connection.
  const isUnread = hasUnreadBody(incoming) && request.body.length === 0;
  if (isUnread) list.push('connection', 'close');
  res.writeHead(status, list);
  const sent = request.method === 'HEAD' ? undefined : body;
  if (!isUnread) return void res.end(sent);
  ending.add(incoming.socket);
  if (sent === undefined) res.flushHeaders();
  else res.write(sent);
  dropBody(incoming, () => res.end());
}

/** Closed under a peer that still writes, a connection takes the answer with it. The listener's deadline for bodies holds on. */
function dropBody(incoming: IncomingMessage, done: () => void): void {
  let dropped = 0;
  incoming
    .on('data', ({ length }: Buffer) => {
      dropped += length;
      if (dropped > DROPPED_BYTES_MAX) done();
    })
    .once('end', done)
    .once('close', done)
    .resume();
}

function push(list: string[], headers: Answer['headers']): void {
  for (const name in headers) list.push(name, headers[name] ?? '');
}

/** What every answer carries. No answer has one of these of its own. */
export function edgeHeaders(requestId: string, secure: boolean, { version }: ContractVersion): Record<string, string> {
  const headers: Record<string, string> = { 'x-request-id': requestId, 'x-api-version': version, 'x-content-type-options': 'nosniff' };
  if (secure) headers['strict-transport-security'] = STRICT_TRANSPORT;
  return headers;
}

function hasUnreadBody({ complete, headers }: IncomingMessage): boolean {
  return !complete && (headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined);
}
