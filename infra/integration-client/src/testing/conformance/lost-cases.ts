// Answers that do not come.
import { demand, demandFailure, demandOk, demandSent, type FaultCase, isTriedAgain, lostCode, type Trial } from './fault-case.ts';

const timeoutCode = ({ plan }: Trial): string => (plan.isRead ? 'API_TIMEOUT' : 'OUTCOME_UNKNOWN');

/** The keys of all requests are the one that was given. */
function demandOneKey({ plan, requests }: Trial): void {
  const header = plan.idempotency?.header.toLowerCase();
  if (header === undefined) return;
  const keys = new Set(requests.map(({ headers }) => headers[header]));
  demand(keys.size === 1 && !keys.has(undefined), 'a try was sent without the key, or with another one');
}

function lost(name: string, delayMs: number): FaultCase {
  return {
    name,
    async run(trial) {
      trial.replies({ fault: 'reset', delayMs }, trial.fine);
      const ended = await trial.call();
      if (isTriedAgain(trial)) demandOk(ended);
      else demandFailure(ended, [lostCode(trial)]);
      demandSent(trial, isTriedAgain(trial) ? 2 : 1);
      demandOneKey(trial);
    },
  };
}

export const LOST_CASES: readonly FaultCase[] = [
  {
    name: 'no connection once',
    async run(trial) {
      trial.replies({ fault: 'unreachable' }, trial.fine);
      const ended = await trial.call();
      // Nothing was sent, so anything may be sent again.
      if (trial.plan.maxRetries > 0) demandOk(ended);
      else demandFailure(ended, ['SERVER_ERROR']);
      demandOneKey(trial);
    },
  },
  lost('a reset after the request', 0),
  lost('half a body', 1),
  {
    name: 'a reset of every try',
    async run(trial) {
      trial.replies({ fault: 'reset' });
      demandFailure(await trial.call(), [lostCode(trial)]);
      demandOneKey(trial);
      if (!trial.plan.isRepeatable) demandSent(trial, 1);
    },
  },
  {
    name: 'no answer at all',
    async run(trial) {
      trial.replies({ fault: 'hang' });
      demandFailure(await trial.call(), [timeoutCode(trial)]);
      const { elapsed } = trial.kit.clock;
      demand(elapsed <= trial.plan.deadlineMs, `the call took ${elapsed} ms of the ${trial.plan.deadlineMs} it has`);
      if (!trial.plan.isRepeatable) demandSent(trial, 1);
    },
  },
  {
    name: 'an answer that drips past the time of a try',
    async run(trial) {
      const { plan } = trial;
      trial.replies({ ...trial.fine, delayMs: plan.attemptTimeoutMs + 1 });
      demandFailure(await trial.call(), [timeoutCode(trial)]);
      demand(trial.kit.clock.elapsed <= plan.deadlineMs, 'the call went on past its deadline');
    },
  },
  {
    name: 'a caller who leaves',
    async run(trial) {
      const caller = new AbortController();
      trial.replies({ fault: 'hang' });
      trial.kit.clock.startTimer(() => caller.abort(), 5);
      demandFailure(await trial.call({ signal: caller.signal }), [trial.plan.isRead ? 'CANCELLED' : 'OUTCOME_UNKNOWN']);
      const { elapsed } = trial.kit.clock;
      demand(elapsed === 5, `the call ended ${elapsed - 5} ms after its caller had left`);
      const sent = trial.requests.length;
      await trial.kit.clock.advance(trial.plan.deadlineMs);
      demandSent(trial, sent);
    },
  },
  {
    name: 'the same write twice',
    cannotHappen: ({ plan }) => (plan.idempotency === undefined ? 'it has no key' : undefined),
    async run(trial) {
      trial.replies(trial.fine);
      demandOk(await trial.call());
      demandOk(await trial.call());
      demandOneKey(trial);
      demandFailure(await trial.call({ key: '' }), ['VALIDATION_ERROR']);
      demandSent(trial, 2);
    },
  },
];
