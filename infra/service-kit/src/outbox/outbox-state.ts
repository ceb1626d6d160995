// How the outboxes of this process are doing is published here every few seconds; `/metrics` shows it.
import { newsChannel } from '../news-channel.ts';
import type { RunStatement } from '../reads/reads.ts';

export type OutboxState = {
  readonly subgraph: string;
  /** Rows that wait for the broker; counted up to 10,000. */
  readonly unpublished: number;
  /** Age of the oldest of them in seconds, 0 when there is none. */
  readonly oldestSeconds: number;
  /** Rows that were published so long ago that the ledger should have them, and which it has not confirmed; counted likewise. */
  readonly unconfirmed: number;
  /** Events that the broker lost and that this process published anew since its start. */
  readonly republished: number;
};

export const { publish: publishOutboxState, on: onOutboxState } = newsChannel<OutboxState>('portico:outbox');

/** Two index scans over at most 10,000 rows each. */
export async function readBacklog(
  run: RunStatement,
  { schema, arrivedAfterMs }: { schema: string; arrivedAfterMs: number },
): Promise<Pick<OutboxState, 'unpublished' | 'oldestSeconds' | 'unconfirmed'>> {
  const [row] = await run(
    `select count(*)::int as unpublished, coalesce(extract(epoch from now() - min(occurred_at)), 0)::float8 as seconds,
       (select count(*)::int from (select from "${schema}".outbox
         where published_at < now() - $1 * interval '1 millisecond' and reconciled_at is null limit 10000) as sent) as unconfirmed
     from (select occurred_at from "${schema}".outbox where published_at is null order by position limit 10000) as waiting`,
    [arrivedAfterMs],
  );
  const { unpublished, seconds, unconfirmed } = row ?? {};
  return { unpublished: Number(unpublished), oldestSeconds: Math.max(0, Number(seconds)), unconfirmed: Number(unconfirmed) };
}
