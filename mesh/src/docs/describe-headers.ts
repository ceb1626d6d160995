// The headers of answers, each described once, and which answers have them.

export const HEADERS = {
  RequestId: { description: 'Id of the request, in every answer and log.', schema: { type: 'string' } },
  ApiVersion: { description: 'Version of the contract that answered.', schema: { type: 'string' } },
  ETag: { description: 'Entity tag of what is shown. Send it in `If-None-Match` or `If-Match`.', schema: { type: 'string' } },
  Cache: {
    description:
      '`hit`: the answer was produced for an earlier request, and nothing changed since. `miss`: it was produced for this one; `bypass`: likewise, because `Cache-Control: no-cache` or `no-store` asked for it, or because it changes by itself.',
    schema: { type: 'string', enum: ['hit', 'miss', 'bypass'] },
  },
  Age: {
    description: 'Of a `hit`: whole seconds since the answer was produced (RFC 9111). It is as fresh as one that is produced now.',
    schema: { type: 'integer', minimum: 0 },
  },
  Link: {
    description:
      'first, prev, next and last page (RFC 8288). Of what is deprecated: `deprecation`, where to read about it, and `successor-version`.',
    schema: { type: 'string' },
  },
  Deprecation: { description: 'Since when it is deprecated: `@` and unix seconds (RFC 9745).', schema: { type: 'string' } },
  Sunset: { description: 'When it ends (RFC 8594).', schema: { type: 'string' } },
  Location: { description: 'Where the created resource is.', schema: { type: 'string' } },
  RateLimitLimit: { description: 'Requests that the tightest limit allows in its window.', schema: { type: 'integer' } },
  RateLimitRemaining: { description: 'How many of them are left.', schema: { type: 'integer' } },
  RateLimitReset: { description: 'When its window ends and it begins anew, in unix seconds.', schema: { type: 'integer' } },
  RateLimit: {
    description: 'The tightest limit: name, requests left, seconds until it begins anew (draft-ietf-httpapi-ratelimit-headers-10).',
    schema: { type: 'string', examples: ['"burst";r=99;t=42'] },
  },
  RateLimitPolicy: {
    description: 'Every limit that applies: name, size, window in seconds.',
    schema: { type: 'string', examples: ['"quota";q=1000;w=3600, "burst";q=100;w=60'] },
  },
  RetryAfter: {
    description: 'Seconds after which another try makes sense. With 409: the first request with this `Idempotency-Key` is being worked on.',
    schema: { type: 'integer' },
  },
  IdempotentReplayed: {
    description: 'There when the request had run before, and this is what it was answered.',
    schema: { type: 'string', const: 'true' },
  },
  Challenge: { description: 'How to authenticate (RFC 9110, 11.6.1).', schema: { type: 'string' } },
  Allow: { description: 'The methods that the path answers to.', schema: { type: 'string' } },
};

/** A reference to one of them. */
export function header(name: keyof typeof HEADERS): unknown {
  return { $ref: `#/components/headers/${name}` };
}

/** What every answer to known credentials shows. */
export const RATE_LIMIT_HEADERS: Readonly<Record<string, unknown>> = {
  'X-RateLimit-Limit': header('RateLimitLimit'),
  'X-RateLimit-Remaining': header('RateLimitRemaining'),
  'X-RateLimit-Reset': header('RateLimitReset'),
  RateLimit: header('RateLimit'),
  'RateLimit-Policy': header('RateLimitPolicy'),
};

/** What is refused before anybody looks who asks, and shows no limits. */
const BEFORE_CREDENTIALS: ReadonlySet<number> = new Set([401, 408, 413, 415, 431]);

/** Headers of an error of this status. */
export function errorHeaders(status: number): Record<string, unknown> {
  return {
    'X-Request-Id': header('RequestId'),
    'X-API-Version': header('ApiVersion'),
    ...(BEFORE_CREDENTIALS.has(status) ? {} : RATE_LIMIT_HEADERS),
    ...(status === 401 ? { 'WWW-Authenticate': header('Challenge') } : {}),
    ...(status === 405 ? { Allow: header('Allow') } : {}),
    ...(status === 409 || status === 429 || status === 503 ? { 'Retry-After': header('RetryAfter') } : {}),
  };
}

/** What answers tell of an end. */
export const DEPRECATION_HEADERS: Readonly<Record<string, unknown>> = {
  Deprecation: header('Deprecation'),
  Sunset: header('Sunset'),
  Link: header('Link'),
};

/** What answers of reads tell about the response cache. */
export const CACHE_HEADERS: Readonly<Record<string, unknown>> = { 'X-Cache': header('Cache'), Age: header('Age') };
