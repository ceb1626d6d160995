// Answers of reads: from the response cache where a fresh one is there, with validators, and without a body when the reader has it already.

import type { Shown } from '../../cache/response-cache.ts';
import { type Answer, JSON_TYPE } from '../answer/answer.ts';
import { matchesNone } from '../answer/entity-tag.ts';
import { callerOf, headerOf, type RestRequest } from '../rest-request.ts';
import type { Serving } from './serving.ts';

/** `variant`: what the answer depends on beside tenant and target. `changing`: it is produced anew for every request. */
export type ReadOptions = { readonly variant?: string; readonly changing?: boolean | undefined };

/** `produce` is asked when there is no fresh answer. */
export async function readAnswer(
  { cache, envelope }: Serving,
  request: RestRequest,
  produce: () => Promise<Shown>,
  { variant = '', changing = false }: ReadOptions = {},
): Promise<Answer> {
  const known = headerOf(request, 'if-none-match');
  const bypass = changing || goesPast(headerOf(request, 'cache-control'), known);
  const { shown, outcome, bytes, ageSeconds } = bypass
    ? { shown: await produce(), outcome: 'bypass', bytes: undefined, ageSeconds: undefined }
    : await cache.show(callerOf(request), request.target + variant, produce);
  const headers: Record<string, string> = {
    etag: shown.etag,
    'cache-control': 'private, no-cache',
    vary: 'X-API-Key, Authorization, Origin',
    'x-cache': outcome,
  };
  if (ageSeconds !== undefined) headers.age = String(ageSeconds);
  if (shown.link !== undefined) headers.link = shown.link;
  if (matchesNone(known, shown.etag)) return { status: 304, headers, body: undefined };
  headers['content-type'] = JSON_TYPE;
  const { requestId } = request;
  const bodyBytes = bytes === undefined ? undefined : bytes + envelope.bytes(requestId);
  return { status: 200, headers, body: envelope.around(shown.data, requestId, shown.rest), bodyBytes };
}

/** `fetch` adds `no-cache` by itself to a request with `If-None-Match`. It asks for a check then, and every hit has passed one. */
function goesPast(cacheControl: string | undefined, known: string | undefined): boolean {
  if (cacheControl === undefined) return false;
  return /\bno-store\b/.test(cacheControl) || (known === undefined && /\bno-cache\b/.test(cacheControl));
}
