// A POST or PATCH with an idempotency key runs once: a second one with the same key gets the first one's answer.
import { AppError } from '@portico/contracts/errors';
import type { Answer } from '../rest/answer/answer.ts';
import { callerOf, headerOf, type Next, type RestRequest, type Step } from '../rest/rest-request.ts';
import { type IdempotencyStore, requestHash, type StoredAnswer } from '../stores/idempotency-store.ts';

const KEY = /^[\x21-\x7e]{1,255}$/;
/** Headers of an answer that belong to it, not to the request that it answered. */
const KEPT_HEADERS = ['content-type', 'etag', 'location'] as const;

export function answerIdempotently(store: IdempotencyStore, toAnswer: (error: unknown, request: RestRequest) => Answer): Step {
  return (request, next) => {
    const key = request.endpoint?.idempotent === true ? idempotencyKeyOf(request) : undefined;
    return key === undefined ? next(request) : answerOnce(key, request, next);
  };

  async function answerOnce(key: string, request: RestRequest, next: Next): Promise<Answer> {
    const caller = callerOf(request);
    const claim = await store.claim(caller, key, requestHash(request.method, request.target, request.body));
    switch (claim.kind) {
      case 'running':
        throw new AppError('CONFLICT', 'A request with this idempotency key is being worked on.', { retryAfterSeconds: 1 });
      case 'answered':
        return replayed(claim.answer, request);
      case 'other_request':
        throw otherRequest(request, claim.answer);
      case 'claimed':
        request.caller = { ...caller, idempotencySeed: claim.seed };
    }
    let answer: Answer;
    try {
      answer = await next(request);
    } catch (error) {
      answer = toAnswer(error, request);
    }
    if (!isWorthRepeating(answer, request)) await store.release(caller, key, claim);
    else await store.keep(caller, key, claim, stored(answer));
    return answer;
  }
}

/** An answer that says when to come again is not the last one. */
function isWorthRepeating({ status, headers }: Answer, { endpoint }: RestRequest): boolean {
  if (status >= 500 || status === 401 || headers['retry-after'] !== undefined) return false;
  return !(endpoint?.showsSecret === true && status < 300);
}

/** The key of a request, under either of its names. VALIDATION_ERROR for a malformed one, or for two that differ. */
export function idempotencyKeyOf(request: RestRequest): string | undefined {
  const [plain, prefixed] = [headerOf(request, 'idempotency-key'), headerOf(request, 'x-idempotency-key')];
  const key = plain ?? prefixed;
  if (key === undefined) return undefined;
  const problem =
    prefixed !== undefined && prefixed !== key
      ? 'It differs from X-Idempotency-Key.'
      : KEY.test(key)
        ? undefined
        : 'It must have 1 to 255 visible ASCII characters.';
  if (problem !== undefined) throw new AppError('VALIDATION_ERROR', undefined, { details: { 'Idempotency-Key': problem } });
  return key;
}

function stored({ status, headers, body }: Answer): StoredAnswer {
  const kept = KEPT_HEADERS.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]] as const]));
  return { status, headers: Object.fromEntries(kept), body: body === undefined ? '' : String(body) };
}

function replayed({ status, headers, body }: StoredAnswer, request: RestRequest): Answer {
  return {
    status: status === 201 ? 200 : status,
    headers: { ...headers, 'cache-control': 'no-store', 'idempotent-replayed': 'true' },
    body: body === '' ? undefined : withRequestId(body, request),
  };
}

/** The body is the first one's, but for the id of the request it answers. What else is called so, a field in `details`, stays. */
function withRequestId(body: string, { requestId, contract }: RestRequest): string {
  const answer: Record<string, unknown> & { meta?: Record<string, unknown>; error?: Record<string, unknown> } = JSON.parse(body);
  const holder = answer.meta ?? answer.error ?? answer;
  holder[contract.conventions.name('requestId')] = requestId;
  return JSON.stringify(answer);
}

function otherRequest(request: RestRequest, answer: StoredAnswer | undefined): AppError {
  const { duplicate } = request.endpoint ?? {};
  // The body shows what was selected, maybe only the id of something joined.
  const existing = answer?.headers.location?.split('/').at(-1);
  if (duplicate === undefined) return new AppError('IDEMPOTENCY_CONFLICT');
  return new AppError(duplicate.code, undefined, existing === undefined ? {} : { details: { [duplicate.detail]: existing } });
}
