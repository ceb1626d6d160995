// Limits that hold across gateways. The requests of one turn of the event loop share one call of one script: Redis is asked once for all,
// and a busy credential is granted some requests ahead.
import type { RedisConnection } from '@portico/service-kit/redis/redis';
import type { Counters } from '../counters.ts';
import { type LimitOutcome, type LimitRequest, outcomeOf, windowEndsMs } from '../limiter.ts';
import { CONSUME_SCRIPT, CONSUME_SHA1 } from './consume-script.ts';
import { createLeases, type Leases } from './leases.ts';

export type RedisLimiter = {
  /** A request that was granted ahead; undefined when Redis has to be asked. */
  take(request: LimitRequest): LimitOutcome | undefined;
  /** Asks Redis. */
  consume(request: LimitRequest): Promise<LimitOutcome>;
};

export type RedisLimiterDependencies = {
  redis: Pick<RedisConnection, 'run'>;
  /** Learn what Redis answers, and remind it of what it has lost. */
  counters: Counters;
  nowMs(): number;
};

/** `ahead`: asked for beside it. `resolve` is absent of a request that has not come: a lease is topped up. */
type Waiting = { request: LimitRequest; ahead: number; resolve?(outcome: LimitOutcome): void; reject(error: unknown): void };
/** `answers`: how many numbers the script answers. */
type Call = { keys: string[]; known: string; asked: string; answers: number };

/** Counters of one call, with three limits a request, must stay under what Lua can pass as arguments (about 8,000). */
const BATCH_MAX = 1_000;
/** How much longer than its window a counter is kept, for gateways whose clocks are behind. */
const KEPT_LONGER_MS = 60_000;
const PREFIX = 'portico:limit:';

/** Rejects when Redis does; then none or all of a batch is counted. 5 µs of CPU per request asked at 64 requests a turn, 16 at 8, 100 alone. */
export function createRedisLimiter({ redis, counters, nowMs }: RedisLimiterDependencies): RedisLimiter {
  let waiting: Waiting[] = [];
  const leases = createLeases({ counters, nowMs, topUp: (request) => enqueue({ request, ahead: 0, reject: () => {} }) });

  function enqueue(asked: Waiting): void {
    const count = waiting.push(asked);
    if (count === 1) setImmediate(flush);
    else if (count === BATCH_MAX) flush();
  }

  function flush(): void {
    const batch = waiting;
    if (batch.length === 0) return;
    waiting = [];
    const now = nowMs();
    const call = describe(batch, counters, leases, now);
    evaluate(redis, call).then(
      (numbers) => settle(batch, numbers, counters, leases, now),
      (error: unknown) => {
        for (const { request, ahead, reject } of batch) {
          if (ahead > 0) leases.failed(request);
          reject(error);
        }
      },
    );
  }

  return { take: leases.take, consume: (request) => new Promise((resolve, reject) => enqueue({ request, ahead: 0, resolve, reject })) };
}

function describe(batch: readonly Waiting[], counters: Counters, leases: Leases, now: number): Call {
  const places = new Map<string, number>();
  const keys: string[] = [];
  let known = '';
  let asked = '';
  let answers = 0;
  for (const entry of batch) {
    const { request, resolve } = entry;
    entry.ahead = leases.ask(request, now);
    answers += 1 + request.length;
    asked += `${request.length} ${resolve === undefined ? 0 : 1} ${entry.ahead} `;
    for (const limit of request) {
      let place = places.get(limit.key);
      if (place === undefined) {
        const endsMs = windowEndsMs(limit, now);
        place = keys.push(`${PREFIX}${limit.key}:${endsMs / 1_000}`);
        places.set(limit.key, place);
        known += `${counters.open(limit.key, endsMs, now).used} ${endsMs - now + KEPT_LONGER_MS} `;
      }
      asked += `${place} ${limit.limit} `;
    }
  }
  return { keys, known, asked, answers };
}

/** What is not an answer of the script is a failure of Redis: taken for one it could open the limits, or close them. */
function evaluate(redis: RedisLimiterDependencies['redis'], { keys, known, asked, answers }: Call): Promise<number[]> {
  return redis.run(async (client) => {
    let answer: unknown;
    try {
      answer = await client.evalsha(CONSUME_SHA1, keys.length, ...keys, known, asked);
    } catch (error) {
      // A Redis that was started again has forgotten the script.
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      answer = await client.eval(CONSUME_SCRIPT, keys.length, ...keys, known, asked);
    }
    const numbers = String(answer).split(' ').map(Number);
    if (numbers.length !== answers || !numbers.every(isCount)) throw new Error('Redis answered something else than the limits.');
    return numbers;
  });
}

function isCount(number: number): boolean {
  return number >= 0 && Number.isSafeInteger(number);
}

function settle(batch: readonly Waiting[], numbers: readonly number[], counters: Counters, leases: Leases, now: number): void {
  let at = 0;
  for (const { request, ahead, resolve } of batch) {
    const granted = numbers[at] ?? 0;
    at += 1;
    request.forEach((limit, i) => {
      counters.learn(limit.key, windowEndsMs(limit, now), numbers[at + i] ?? 0);
    });
    if (ahead > 0) leases.grant(request, Math.max(0, resolve === undefined ? granted : granted - 1), now);
    if (resolve !== undefined) {
      const left = leases.leftOf(request, now);
      const used = numbers.slice(at, at + request.length).map((count) => count - left);
      resolve(outcomeOf(request, used, 0, granted > 0, now));
    }
    at += request.length;
  }
}
