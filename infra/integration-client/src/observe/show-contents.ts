import type { CallContents } from './call-record.ts';

// biome-ignore format: read as a list
const HEADERS: ReadonlySet<string> = new Set([
  'accept', 'cache-control', 'content-length', 'content-type', 'date', 'ratelimit', 'ratelimit-limit', 'ratelimit-policy', 'ratelimit-remaining',
  'ratelimit-reset', 'retry-after', 'x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset',
]);
const TEXT_MAX = 100;

/** What of a call may be logged: of its headers those of a list, and bodies as they were redacted. */
export function show({ responseHeaders = {}, requestBody, responseBody }: CallContents): Record<string, unknown> {
  const listed = Object.entries(responseHeaders).filter(([name]) => HEADERS.has(name.toLowerCase()));
  return {
    responseHeaders: Object.fromEntries(listed.map(([name, value]) => [name, value.slice(0, TEXT_MAX)])),
    requestBody,
    responseBody,
  };
}
