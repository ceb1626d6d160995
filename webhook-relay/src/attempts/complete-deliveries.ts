// What became of attempts, in one statement for a batch: the deliveries, for those whose lease still stands, and the log. A completion that comes
// after its lease ended changes no delivery, for another process has it by then; the attempt was made all the same and is in the log.
import type { RunStatement } from '@portico/service-kit/reads/reads';
import { allTenants } from '@portico/service-kit/sql/tenancy-gate';
import { textArray } from '@portico/service-kit/sql/text-array';
import type { AttemptResult } from './attempt-delivery.ts';
import { LOG_COLUMNS, type Logged } from './log-columns.ts';

/** Each of the arrays of `webhooks.complete`, in its order. */
const OUTCOME: readonly ((result: AttemptResult) => string | null)[] = [
  ({ delivery }) => delivery.id,
  ({ delivery }) => delivery.endpointId,
  ({ delivery }) => delivery.lease,
  ({ verdict }) => STATUS[verdict.kind],
  ({ verdict }) => (SPENT.has(verdict.kind) ? '1' : '0'),
  ({ attempt }) => (attempt === undefined ? '0' : '1'),
  (result) => nextAtOf(result)?.toISOString() ?? null,
  (result) => (nextAtOf(result) === undefined ? result.endedAt.toISOString() : null),
  ({ verdict }) => ('reason' in verdict ? verdict.reason : null),
  ({ attempt }) => attempt?.responseStatus?.toString() ?? null,
];
const FIXED = 3;

const COMPLETE = `${allTenants('what became of attempts')}with logged as (
    insert into webhooks.attempt (${LOG_COLUMNS.map(([name]) => name).join(', ')})
    select ${LOG_COLUMNS.map(([name, type]) => `${name}::${type}`).join(', ')}
    from unnest(${arrays(LOG_COLUMNS.length, FIXED + OUTCOME.length)}) as log (${LOG_COLUMNS.map(([name]) => name).join(', ')})
    -- Written a second time when the answer to the first was lost.
    on conflict do nothing
  )
  select stood, waiting from webhooks.complete($1, $2, $3, ${arrays(OUTCOME.length, FIXED)})`;

export type Completion = {
  /** Ids of the deliveries whose lease stood. */
  readonly stood: ReadonlySet<string>;
  /** Endpoints for which something else is due and nobody's. */
  readonly waiting: ReadonlySet<string>;
};

/** `succeeded`: endpoints whose last success is to be noted, and nothing else about them. */
export async function completeDeliveries(
  run: RunStatement,
  results: readonly AttemptResult[],
  { succeeded, now }: { succeeded: readonly string[]; now: Date },
): Promise<Completion> {
  const lasting = results.some(({ verdict }) => verdict.kind !== 'succeeded');
  const logged = results.filter((result): result is Logged => result.attempt !== undefined);
  const outcome = OUTCOME.map((textOf) => textArray(results.map(textOf)));
  const log = LOG_COLUMNS.map(([, , textOf]) => textArray(logged.map(textOf)));
  const [row] = await run(COMPLETE, [now, lasting, succeeded, ...outcome, ...log]);
  return { stood: new Set(row?.stood as string[]), waiting: new Set(row?.waiting as string[]) };
}

const STATUS = {
  succeeded: 'succeeded',
  dead: 'dead',
  gone: 'dead',
  orphaned: 'cancelled',
  retry: 'pending',
  throttled: 'pending',
  postponed: 'pending',
  'given-up': 'pending',
} as const satisfies Record<AttemptResult['verdict']['kind'], string>;
/** What counts as one of the schedule's attempts. */
const SPENT: ReadonlySet<AttemptResult['verdict']['kind']> = new Set(['succeeded', 'dead', 'gone', 'retry']);

/** When a delivery that is not over is due again. */
function nextAtOf({ verdict, endedAt }: AttemptResult): Date | undefined {
  if (verdict.kind === 'retry') return new Date(verdict.atMs);
  if (verdict.kind === 'throttled' || verdict.kind === 'postponed') return new Date(verdict.untilMs);
  return verdict.kind === 'given-up' ? endedAt : undefined;
}

/** So many placeholders for arrays of text, after those that come before. */
function arrays(count: number, before: number): string {
  return Array.from({ length: count }, (_, i) => `$${before + i + 1}::text[]`).join(', ');
}
