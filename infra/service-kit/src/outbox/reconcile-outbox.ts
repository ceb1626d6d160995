// A broker can lose what it confirmed: its store is deleted, its machine loses power before the disk has it. So a published row is not done
// before the ledger of who consumes events has it. What the ledger lacks although the consumer has passed it by is published anew.
import type { Caller, Mode } from '@portico/contracts/caller';
import { newId } from '@portico/contracts/ids';
import { EVENT_LEDGER, type EventBus } from '../bus/event-bus.ts';
import type { GraphClient } from '../graph/graph.ts';
import type { RunStatement } from '../reads/reads.ts';

export type OutboxReconciliation = { schema: string; run: RunStatement; bus: Pick<EventBus, 'oldestWaiting'>; graph: GraphClient };

export type Reconciled = { known: number; republished: number };

/** Rows that were published longer ago should have arrived. */
export const ARRIVED_AFTER_MS = 60_000;
/** The broker's clock and PostgreSQL's may differ by this. */
const CLOCK_SKEW_MS = 10_000;
const BATCH = 500;
const UNKNOWN_EVENTS = 'query UnknownEvents($ids: [ID!]!) { unknownEvents(ids: $ids) }';

type PublishedRow = { position: number; id: string; accountId: string; mode: Mode; publishedAt: Date };

/** One sweep over all rows that should have arrived. Throws when ledger or broker cannot be asked: nothing is republished on a guess. */
export async function reconcileOutbox(outbox: OutboxReconciliation, arrivedAfterMs: number = ARRIVED_AFTER_MS): Promise<Reconciled> {
  const done: Reconciled = { known: 0, republished: 0 };
  for (let after: PublishedRow | undefined; ; ) {
    const rows = await publishedRows(outbox, arrivedAfterMs, after);
    after = rows.at(-1);
    if (after === undefined) return done;
    const { known, lost } = await judge(outbox, rows);
    done.known += await mark(outbox, known, 'reconciled_at = now()');
    done.republished += await mark(outbox, lost, 'published_at = null, republished = republished + 1');
    // What is neither is still on its way, and what was published later probably is too.
    if (rows.length < BATCH || known.length + lost.length < rows.length) return done;
  }
}

async function publishedRows({ schema, run }: OutboxReconciliation, ageMs: number, after?: PublishedRow): Promise<PublishedRow[]> {
  const rows = await run(
    `select position, id, account_id as "accountId", mode, published_at as "publishedAt" from "${schema}".outbox
     where published_at < now() - $1 * interval '1 millisecond' and reconciled_at is null
       and (published_at, position) > (coalesce($2::timestamptz, '-infinity'), $3::bigint) order by published_at, position limit ${BATCH}`,
    [ageMs, after?.publishedAt ?? null, after?.position ?? 0],
  );
  return rows as PublishedRow[];
}

/** `lost`: unknown to the ledger, though the consumer that feeds it has nothing left from when they were published. */
async function judge(outbox: OutboxReconciliation, rows: readonly PublishedRow[]): Promise<Record<'known' | 'lost', PublishedRow[]>> {
  // Asked before the ledger: what the consumer acknowledges in between is in the ledger by then.
  const waitingSince = (await outbox.bus.oldestWaiting(EVENT_LEDGER))?.getTime() ?? Number.POSITIVE_INFINITY;
  const unknown = new Set<string>();
  const byTenant = Map.groupBy(rows, ({ accountId, mode }) => `${mode} ${accountId}`);
  for (const tenantRows of byTenant.values()) for (const id of await askLedger(outbox, tenantRows)) unknown.add(id);
  return {
    known: rows.filter(({ id }) => !unknown.has(id)),
    lost: rows.filter(({ id, publishedAt }) => unknown.has(id) && publishedAt.getTime() < waitingSince - CLOCK_SKEW_MS),
  };
}

async function askLedger({ graph, schema }: OutboxReconciliation, rows: readonly PublishedRow[]): Promise<readonly string[]> {
  const [first] = rows;
  if (first === undefined) return [];
  const { accountId, mode } = first;
  const caller: Caller = { accountId, mode, scopes: new Set(['events:read']), actor: `service:${schema}`, requestId: newId('request') };
  const ids = rows.map(({ id }) => id);
  return (await graph.execute<{ unknownEvents: string[] }>(UNKNOWN_EVENTS, { ids }, caller)).unknownEvents;
}

/** Unless another process's sweep was first: a row that it sent out anew has another time. */
async function mark({ schema, run }: OutboxReconciliation, rows: readonly PublishedRow[], change: string): Promise<number> {
  if (rows.length === 0) return 0;
  const changed = await run(
    `update "${schema}".outbox as o set ${change} from unnest($1::bigint[], $2::timestamptz[]) as seen (position, published_at)
     where o.position = seen.position and o.published_at = seen.published_at and o.reconciled_at is null returning o.position`,
    [rows.map(({ position }) => position), rows.map(({ publishedAt }) => publishedAt)],
  );
  return changed.length;
}
