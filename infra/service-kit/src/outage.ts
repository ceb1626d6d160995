// What is tried again and again while something is away is said when it begins, when another reason joins, and when it is over: a line and a stack for every
// try would bury what else happens meanwhile. Its end is a warning as well: whoever is told that something is away is told that it is back.
import type { LogFields, Logger } from './logger.ts';

export type Outage = {
  /** A try failed; `more` is said of the tries that are said. */
  failed(err: unknown, more?: LogFields): void;
  /** A try succeeded. Costs nothing where none failed before. */
  over(): void;
};

export type OutageOptions = {
  logger: Logger;
  fields: LogFields;
  /** What the first failure is called, and its end. */
  began: string;
  ended: string;
  level?: 'warn' | 'error';
  nowMs?: () => number;
};

export function createOutage({ logger, fields, began, ended, level = 'warn', nowMs = () => performance.now() }: OutageOptions): Outage {
  const reasons = new Set<string>();
  let since = 0;
  let attempts = 0;
  return {
    failed(err, more = {}) {
      if (reasons.size === 0) [since, attempts] = [nowMs(), 0];
      attempts += 1;
      const reason = reasonOf(err);
      if (reasons.has(reason)) return;
      reasons.add(reason);
      logger[level]({ err, ...fields, ...more }, began);
    },
    over() {
      if (reasons.size === 0) return;
      reasons.clear();
      logger.warn({ ...fields, attempts, durationMs: Math.round(nowMs() - since) }, ended);
    },
  };
}

/** Of few kinds: a message may name a row. */
function reasonOf(err: unknown): string {
  if (!(err instanceof Error)) return '';
  const cause = err.cause instanceof Error ? reasonOf(err.cause) : '';
  return `${'code' in err && typeof err.code === 'string' ? err.code : err.name} ${cause}`;
}
