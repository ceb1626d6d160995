import type { Database } from '@portico/service-kit/database/orm';
import type { RunStatement } from '@portico/service-kit/reads/reads';
import { allTenants } from '@portico/service-kit/sql/tenancy-gate';
import { storedTime } from '../stored-time.ts';
import type { AttemptResult } from './attempt-delivery.ts';
import { type EndpointHealth, nextHealth } from './endpoint-health.ts';

const REASON = allTenants('health of endpoints');
/** In the order in which claims lock them too. */
const LOCK = `${REASON}select e.id, e.status, e.disabled_reason as "disabledReason", e.disabled_at as "disabledAt", e.gate_until as "gateUntil",
    e.circuit, e.circuit_failures as "circuitFailures", e.failing_since as "failingSince", e.last_succeeded_at as "lastSucceededAt",
    e.last_failed_at as "lastFailedAt", e.exhausted_at as "exhaustedAt"
  from webhooks.endpoint e where e.id = any($1) order by e.id for no key update`;
const UPDATE = `${REASON}update webhooks.endpoint e set status = h.status, disabled_reason = h."disabledReason", disabled_at = h."disabledAt",
    announced_at = case when h.status = e.status then e.announced_at end, gate_until = h."gateUntil", circuit = h.circuit,
    circuit_failures = h."circuitFailures", failing_since = h."failingSince", last_succeeded_at = h."lastSucceededAt",
    last_failed_at = h."lastFailedAt", exhausted_at = h."exhaustedAt", version = e.version + case when h.status = e.status then 0 else 1 end
  from jsonb_to_recordset($1::jsonb) as h(id text, status text, "disabledReason" text, "disabledAt" timestamptz, "gateUntil" timestamptz,
    circuit text, "circuitFailures" int, "failingSince" timestamptz, "lastSucceededAt" timestamptz, "lastFailedAt" timestamptz,
    "exhaustedAt" timestamptz)
  where e.id = h.id`;

type Row = EndpointHealth & { readonly id: string };
export type HealthChange = { readonly endpointId: string; readonly before: EndpointHealth; readonly after: EndpointHealth };

/** Applies results, in the order in which they ended, to the health of their endpoints. Four statements for a batch. */
export async function updateHealth(
  database: Pick<Database, 'transaction'>,
  results: readonly AttemptResult[],
): Promise<readonly HealthChange[]> {
  const byEndpoint = Map.groupBy(results, ({ delivery }) => delivery.endpointId);
  return database.transaction(async (run) => {
    const rows = (await run(LOCK, [[...byEndpoint.keys()]])).map(healthOf);
    const changes = rows.map(({ id, ...before }) => ({
      endpointId: id,
      before,
      after: (byEndpoint.get(id) ?? []).reduce<EndpointHealth>(nextHealth, before),
    }));
    await store(run, changes);
    return changes;
  });
}

function healthOf(row: Readonly<Record<string, unknown>>): Row {
  const times = ['disabledAt', 'gateUntil', 'failingSince', 'lastSucceededAt', 'lastFailedAt', 'exhaustedAt'].map(
    (name) => [name, storedTime(row[name], 'nullable')] as const,
  );
  return { ...row, ...Object.fromEntries(times) } as Row;
}

async function store(run: RunStatement, changes: readonly HealthChange[]): Promise<void> {
  if (changes.length > 0) await run(UPDATE, [JSON.stringify(changes.map(({ endpointId, after }) => ({ id: endpointId, ...after })))]);
}
