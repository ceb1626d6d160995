// When a request is sent again, and after how long. Every write has an idempotency key, so none can happen twice.

/** At least half of it passes, a second: equal requests of one second have one signature, which is good once. */
const BASE_MS = 2_000;
const LONGEST_BACKOFF_MS = 16_000;
/** What asks for more patience than this is for the caller to decide. */
const LONGEST_WAIT_MS = 60_000;

const AGAIN: ReadonlySet<number> = new Set([408, 429, 502, 503, 504]);

/** How long to wait before the next attempt; undefined where it would make no sense. `answer`: undefined where none came. */
export function waitMs(attempt: number, answer: Response | undefined): number | undefined {
  const longest = Math.min(LONGEST_BACKOFF_MS, BASE_MS * 2 ** attempt);
  const backoff = (longest * (1 + Math.random())) / 2;
  if (answer === undefined) return backoff;
  const asked = retryAfterMs(answer.headers.get('retry-after'));
  // 409 with Retry-After: the first request with this key is being worked on.
  if (!AGAIN.has(answer.status) && !(answer.status === 409 && asked !== undefined)) return undefined;
  const wait = (asked ?? 0) + backoff;
  return wait > LONGEST_WAIT_MS ? undefined : wait;
}

function retryAfterMs(header: string | null): number | undefined {
  return header !== null && /^\d{1,6}$/.test(header) ? Number(header) * 1_000 : undefined;
}

/** Rejects with the signal's reason as soon as that is aborted. */
export function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal?.aborted === true) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}
