// What outlives a call: the breaker, kept answers, Redis, and what is written about it all.
import { PERSONAL_NAME } from '../../personal/personal-name.ts';
import { redact } from '../../personal-data.ts';
import { lostRedis } from '../virtual/lost-redis.ts';
import { demand, demandFailure, demandOk, demandSent, type FaultCase, type Trial } from './fault-case.ts';

const MINUTE_MS = 60_000;
const DEFAULT_OPEN_MS = 30_000;

export const STANDING_CASES: readonly FaultCase[] = [
  {
    name: 'failures until the breaker opens',
    async run(trial) {
      const { breaker } = trial.provider;
      const calls = (breaker?.minimumCalls ?? 10) * 2;
      trial.replies(500);
      let ended = await trial.call();
      for (let call = 1; call < calls && !isRefused(ended); call += 1) ended = await trial.call();
      demandFailure(ended, ['CIRCUIT_BREAKER_OPEN']);
      const sent = trial.requests.length;
      demandFailure(await trial.call(), ['CIRCUIT_BREAKER_OPEN']);
      demandSent(trial, sent);
      await trial.kit.clock.advance(Math.max(MINUTE_MS, (breaker?.openMs ?? DEFAULT_OPEN_MS) * 1.2));
      trial.replies(trial.fine);
      demandOk(await trial.call());
    },
  },
  {
    name: 'a failure while an answer is kept',
    cannotHappen: ({ plan }) => (plan.cache === undefined ? 'its answers are not kept' : undefined),
    async run(trial) {
      const { ttlMs, staleMs } = trial.plan.cache ?? { ttlMs: 0, staleMs: 0 };
      trial.replies(trial.fine);
      demandOk(await trial.call({ useCache: true }));
      const kept = await trial.call({ useCache: true });
      demandOk(kept);
      demand(kept.result.cached, 'the second answer was not the kept one');
      demandSent(trial, 1);
      await trial.kit.clock.advance(ttlMs + 1);
      trial.replies(503);
      const ended = await trial.call({ useCache: true });
      if (staleMs === 0) return demandFailure(ended, ['SERVER_ERROR']);
      demandOk(ended);
      demand(ended.result.stale, 'what came is not marked as stale');
    },
  },
  {
    name: 'Redis gone',
    async run(trial) {
      const alone = trial.again({ redis: lostRedis() });
      alone.replies(alone.fine);
      demandOk(await alone.call());
      demandOk(await alone.call({ useCache: true }));
    },
  },
  {
    name: 'personal data in input and answer',
    async run(trial) {
      const open = trial.again({ flags: { isOn: () => true } });
      open.replies(open.fine, { ...open.fine, status: 422 });
      const ended = [await open.call(), await open.call()];
      const written = JSON.stringify([open.kit.lines, ended.map((end) => (end.ok ? '' : [String(end.error), end.error]))]);
      const shown = [...personalTexts(open)].filter(([, text]) => written.includes(JSON.stringify(text)));
      demand(shown.length === 0, `in the log with DEBUG_MODE: ${shown.map(([path]) => path).join(', ')}; tag it with pii()`);
    },
  },
];

const isRefused = (ended: Awaited<ReturnType<Trial['call']>>): boolean => !ended.ok && ended.error.code === 'CIRCUIT_BREAKER_OPEN';

/** Texts by their paths: at names that mean a person, and whatever the schemas tag. */
function personalTexts({ plan, sample }: Trial): Map<string, string> {
  const { body, response } = plan.declaration;
  const found = new Map<string, string>();
  const collect = (value: unknown, shown: unknown, path: string): void => {
    if (typeof value === 'object' && value !== null) {
      for (const [name, part] of Object.entries(value)) {
        const inside: unknown = typeof shown === 'object' && shown !== null ? Reflect.get(shown, name) : undefined;
        collect(part, inside, `${path}.${name}`);
      }
      return;
    }
    if (typeof value !== 'string' || value.length < SHORTEST_TEXT) return;
    if (value !== shown || PERSONAL_NAME.test(path.split('.').at(-1) ?? '')) found.set(path, value);
  };
  if (body !== undefined) collect(sample.input.body, redact(sample.input.body, body), 'body');
  if (response !== undefined) collect(sample.answer, redact(sample.answer, response), 'response');
  return found;
}

/** Shorter ones would be found in anything. */
const SHORTEST_TEXT = 5;
