import type { ServerResponse } from 'node:http';
import type { Answer } from './answer/answer.ts';
import { pushRateLimitHeaders } from './answer/rate-limit-headers.ts';
import type { RestRequest } from './rest-request.ts';

/** Sends an answer at once, whole. HEAD gets the headers of GET. */
export function sendAnswer(request: RestRequest, res: ServerResponse, { status, headers, body }: Answer): void {
  const list: string[] = ['x-request-id', request.requestId, 'x-api-version', '1', 'x-content-type-options', 'nosniff'];
  if (request.rateLimit !== undefined) pushRateLimitHeaders(list, request.rateLimit);
  for (const name in headers) list.push(name, headers[name] ?? '');
  if (body !== undefined) list.push('content-length', String(typeof body === 'string' ? Buffer.byteLength(body) : body.length));
  else if (status !== 204 && status !== 304) list.push('content-length', '0');
  // A body that was not read would be taken for the next request on this connection.
  if (!request.incoming.complete && request.incoming.headers['content-length'] !== undefined && request.body.length === 0)
    list.push('connection', 'close');
  res.writeHead(status, list);
  res.end(request.method === 'HEAD' ? undefined : body);
}
