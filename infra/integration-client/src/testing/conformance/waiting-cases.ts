// Being told to come again, and trying again.
import { demand, demandFailure, demandOk, demandSent, type FaultCase, isTriedAgain, type Trial } from './fault-case.ts';

const AFTER_MS = 2_000;
const LONG_S = 86_400;

const httpDate = (at: number): string => new Date(at).toUTCString();

/** `Saturday, 21-Nov-26 12:00:03 GMT`, RFC 9110 §5.6.7. */
function rfc850Date(at: number): string {
  const [, date = '', month = '', year = '', time = ''] = /, (\d\d) (\w+) \d\d(\d\d) ([\d:]+)/.exec(httpDate(at)) ?? [];
  const weekday = new Date(at).toLocaleDateString('en-GB', { weekday: 'long', timeZone: 'UTC' });
  return `${weekday}, ${date}-${month}-${year} ${time} GMT`;
}

function comesAgain(name: string, status: number, told: (now: number) => string): FaultCase {
  return {
    name,
    async run(trial) {
      const { kit, plan } = trial;
      trial.replies({ status, headers: { 'retry-after': told(kit.clock.now()) } }, trial.fine);
      const ended = await trial.call();
      if (!isTriedAgain(trial)) return demandGivenUp(trial, ended, status);
      if (plan.deadlineMs <= AFTER_MS) return demandGivenUp(trial, ended, status);
      demandOk(ended);
      demandSent(trial, 2);
      const at = trial.requests[1]?.at ?? 0;
      demand(at >= AFTER_MS && at < AFTER_MS + 100, `it came again after ${at} ms, not after ${AFTER_MS}`);
    },
  };
}

function demandGivenUp(trial: Trial, ended: Parameters<typeof demandFailure>[0], status: number): void {
  demandFailure(ended, [status === 429 ? 'RATE_LIMIT_EXCEEDED' : 'SERVER_ERROR']);
  demandSent(trial, 1);
  demand(trial.kit.clock.elapsed < 100, `it waited ${trial.kit.clock.elapsed} ms for a try that could not be`);
  demand(ended.error.retryAt !== undefined, 'the error does not say when to come again');
}

export const WAITING_CASES: readonly FaultCase[] = [
  comesAgain('429, Retry-After in seconds', 429, () => String(AFTER_MS / 1_000)),
  comesAgain('429, Retry-After as a date', 429, (now) => httpDate(now + AFTER_MS)),
  comesAgain('503, Retry-After as an RFC 850 date', 503, (now) => rfc850Date(now + AFTER_MS)),
  {
    name: '429, Retry-After past the deadline',
    async run(trial) {
      trial.replies({ status: 429, after: LONG_S });
      demandGivenUp(trial, await trial.call(), 429);
    },
  },
  {
    name: '503 once',
    async run(trial) {
      trial.replies(503, trial.fine);
      const ended = await trial.call();
      if (isTriedAgain(trial)) demandOk(ended);
      else demandFailure(ended, ['SERVER_ERROR']);
      demandSent(trial, isTriedAgain(trial) ? 2 : 1);
    },
  },
  {
    name: '503 without end',
    async run(trial) {
      trial.replies(503);
      demandFailure(await trial.call(), ['SERVER_ERROR']);
      demandSent(trial, isTriedAgain(trial) ? 1 + trial.plan.maxRetries : 1);
    },
  },
  {
    name: 'a deadline shorter than the retry',
    async run(trial) {
      trial.replies({ status: 503, after: 1 }, trial.fine);
      demandFailure(await trial.call({ deadlineMs: Math.min(500, trial.plan.deadlineMs) }), ['SERVER_ERROR']);
      demandSent(trial, 1);
      demand(trial.kit.clock.elapsed < 100, 'it waited for a try that could not be');
    },
  },
  {
    name: 'more calls than the rate limit allows',
    cannotHappen: ({ provider }) => ((provider.limits?.perMinute ?? 0) > 1_000 ? 'more than 1,000 a minute' : undefined),
    async run(trial) {
      // With the limits as they are declared: every other case has some to spare.
      const own = trial.again({}, trial.provider);
      const perMinute = trial.provider.limits?.perMinute ?? 100;
      own.replies(own.fine);
      for (let call = 0; call < perMinute; call += 1) demandOk(await own.call());
      demandFailure(await own.call({ deadlineMs: 1_000 }), ['RATE_LIMIT_EXCEEDED']);
      demandSent(own, perMinute);
    },
  },
];
