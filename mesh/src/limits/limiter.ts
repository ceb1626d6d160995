// How many requests a credential may send. A limit counts in windows that are aligned to the clock: of an hour from the full hour on, of a
// minute from the full minute on. A request that one limit refuses is counted by none of them (ADR 6).

export type Limit = {
  /** What integrators know it by. */
  readonly name: string;
  /** What is counted: who, under which limit. */
  readonly key: string;
  readonly limit: number;
  readonly windowSeconds: number;
};

/** Every limit that applies to one request. */
export type LimitRequest = readonly [Limit, ...Limit[]];

export type LimitOutcome = {
  readonly allowed: boolean;
  /** Of an allowed request the limit with the fewest requests left; of a refused one the exhausted limit that ends last. */
  readonly tightest: Limit;
  readonly remaining: number;
  /** End of its window, unix seconds. */
  readonly resetAt: number;
  /** Seconds until then, rounded up; a refused request may come again after them. */
  readonly resetAfterSeconds: number;
};

/** Answers at once when nobody has to be asked. */
export type Limiter = { consume(request: LimitRequest): LimitOutcome | Promise<LimitOutcome> };

/** End of the window that is open now, unix milliseconds. */
export function windowEndsMs({ windowSeconds }: Limit, nowMs: number): number {
  const windowMs = windowSeconds * 1_000;
  return nowMs - (nowMs % windowMs) + windowMs;
}

/** `used`: how much of each limit is used with this request, from `offset` on. */
export function outcomeOf(request: LimitRequest, used: ArrayLike<number>, offset: number, allowed: boolean, nowMs: number): LimitOutcome {
  let tightest = request[0];
  let remaining = Number.POSITIVE_INFINITY;
  let endsMs = 0;
  for (let i = 0; i < request.length; i += 1) {
    const limit = request[i] ?? tightest;
    const left = Math.max(0, limit.limit - (used[offset + i] ?? 0));
    const ends = windowEndsMs(limit, nowMs);
    if (left < remaining || (left === remaining && ends > endsMs)) {
      tightest = limit;
      remaining = left;
      endsMs = ends;
    }
  }
  return { allowed, tightest, remaining, resetAt: endsMs / 1_000, resetAfterSeconds: Math.ceil((endsMs - nowMs) / 1_000) };
}
