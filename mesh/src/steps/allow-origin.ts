import type { Answer } from '../rest/answer/answer.ts';
import { headerOf, type Next, type RestRequest, type Step } from '../rest/rest-request.ts';

/** Answer headers that a page of another origin may read. */
const READABLE_HEADERS =
  'Age, Deprecation, ETag, Idempotent-Replayed, Link, Location, RateLimit, RateLimit-Policy, Retry-After, Sunset, X-API-Version, X-Cache, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, X-Request-Id';

/** Lets pages of the configured origins, and of those that the key's account allows, read the answer. */
export function allowOrigin(configured: readonly string[]): Step {
  return (request, next) => {
    const origin = headerOf(request, 'origin');
    return origin === undefined || request.method === 'OPTIONS' ? next(request) : answerTo(origin, request, next);
  };

  async function answerTo(origin: string, request: RestRequest, next: Next): Promise<Answer> {
    const answer = await next(request);
    if (!configured.includes(origin) && request.credentials?.record.allowedOrigins.includes(origin) !== true) return answer;
    return {
      ...answer,
      headers: { ...answer.headers, 'access-control-allow-origin': origin, 'access-control-expose-headers': READABLE_HEADERS },
    };
  }
}
