import type { CallContents } from './call-record.ts';

// biome-ignore format: read as a list
const HEADERS: ReadonlySet<string> = new Set([
  'accept', 'cache-control', 'content-length', 'content-type', 'date', 'ratelimit', 'ratelimit-limit', 'ratelimit-policy', 'ratelimit-remaining',
  'ratelimit-reset', 'retry-after', 'x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset',
]);
const QUERY: ReadonlySet<string> = new Set(['limit', 'offset', 'order', 'page', 'page_size', 'per_page', 'perPage', 'sort']);
const TEXT_MAX = 100;

/** What of a call may be logged: headers and query by name, bodies (redacted by who gives them) in DEBUG_MODE. */
export function show(contents: CallContents, debug: boolean): Record<string, unknown> {
  const { query, requestHeaders, responseHeaders, requestBody, responseBody } = contents;
  return {
    query: pick(query, QUERY),
    requestHeaders: pick(requestHeaders, HEADERS),
    responseHeaders: pick(responseHeaders, HEADERS),
    ...(debug ? { requestBody, responseBody } : {}),
  };
}

function pick(values: Readonly<Record<string, unknown>> | undefined, allowed: ReadonlySet<string>): Record<string, string> | undefined {
  if (values === undefined) return undefined;
  const picked = Object.entries(values).filter(
    ([name, value]) => value !== undefined && (allowed.has(name) || allowed.has(name.toLowerCase())),
  );
  return Object.fromEntries(picked.map(([name, value]) => [name, String(value).slice(0, TEXT_MAX)]));
}
