// Labels are names of declarations and words of closed lists, so the number of series is known when the program starts.
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { BreakerState, CallRecord, ObservedAttempt } from './call-record.ts';
import { failureWord } from './failure-word.ts';

export type CallMetrics = {
  attempt(provider: string, operation: string, attempt: ObservedAttempt): void;
  call(record: CallRecord): void;
  breaker(provider: string, state: BreakerState): void;
  concurrency(provider: string, limit: number): void;
  limiterWait(provider: string, waitMs: number): void;
  tokenRefresh(provider: string, outcome: string): void;
  secretInUse(provider: string, secretName: string, since: number | undefined): void;
};

const CALL_BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const WAIT_BUCKETS = [0.001, 0.01, 0.1, 0.5, 1, 5];
const BREAKER_VALUES: Readonly<Record<BreakerState, number>> = { closed: 0, 'half-open': 1, open: 2 };
const DAY_MS = 86_400_000;

export function createCallMetrics(registry: Registry, now: () => number): CallMetrics {
  const { duration, attempts, breaker, concurrency, cache, tokens, waits } = instruments([registry]);
  const secretInUse = watchSecretAges(registry, now);
  return {
    attempt: (provider, operation, { failure }) =>
      attempts.inc({ provider, operation, outcome: failure === undefined ? 'ok' : failureWord(failure) }),
    call({ provider, operation, end }) {
      duration.observe({ provider, operation, outcome: end.code ?? 'ok' }, end.responseTimeMs / 1_000);
      if (end.code !== undefined) return;
      cache.inc({ provider, operation, result: end.stale === true ? 'stale' : end.cached === true ? 'fresh' : 'live' });
    },
    breaker: (provider, state) => breaker.set({ provider }, BREAKER_VALUES[state]),
    concurrency: (provider, limit) => concurrency.set({ provider }, limit),
    limiterWait: (provider, waitMs) => waits.observe({ provider }, waitMs / 1_000),
    tokenRefresh: (provider, outcome) => tokens.inc({ provider, outcome }),
    secretInUse,
  };
}

function instruments(registers: Registry[]) {
  const duration = new Histogram({
    name: 'integration_call_duration_seconds',
    help: 'Time of a call with all its tries. `outcome`: ok, or the code of the error.',
    labelNames: ['provider', 'operation', 'outcome'],
    buckets: CALL_BUCKETS,
    registers,
  });
  const attempts = new Counter({
    name: 'integration_attempts_total',
    help: 'Requests that were sent to providers, by how they ended.',
    labelNames: ['provider', 'operation', 'outcome'],
    registers,
  });
  const breaker = new Gauge({
    name: 'integration_breaker_state',
    help: '0 closed, 1 half-open, 2 open.',
    labelNames: ['provider'],
    registers,
  });
  const concurrency = new Gauge({
    name: 'integration_concurrency_limit',
    help: 'Tries at a time that this process may make, declared or found out.',
    labelNames: ['provider'],
    registers,
  });
  const cache = new Counter({
    name: 'integration_cache_results_total',
    help: 'Successful calls by where their answer came from: fresh, stale or live.',
    labelNames: ['provider', 'operation', 'result'],
    registers,
  });
  const tokens = new Counter({
    name: 'integration_token_refreshes_total',
    help: 'Access tokens: got (ok), taken from the fleet (shared), refused or unreachable.',
    labelNames: ['provider', 'outcome'],
    registers,
  });
  const waits = new Histogram({
    name: 'integration_limiter_wait_seconds',
    help: 'How long tries waited for a place, or for a token of the rate limit.',
    labelNames: ['provider'],
    buckets: WAIT_BUCKETS,
    registers,
  });
  return { duration, attempts, breaker, concurrency, cache, tokens, waits };
}

/** The age is told when it is asked for, so it grows while nothing happens. */
function watchSecretAges(registry: Registry, now: () => number): CallMetrics['secretInUse'] {
  const inUse = new Map<string, { provider: string; secret: string; since: number }>();
  new Gauge({
    name: 'secret_age_days',
    help: 'Days since the version in use of a secret was made, where the store knows.',
    labelNames: ['provider', 'secret'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { provider, secret, since } of inUse.values()) this.set({ provider, secret }, (now() - since) / DAY_MS);
    },
  });
  return (provider, secret, since) => {
    const series = `${provider} ${secret}`;
    if (since === undefined) inUse.delete(series);
    else inUse.set(series, { provider, secret, since });
  };
}
