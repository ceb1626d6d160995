// A provider's callback is taken as a hint: it says which payment to ask about, and the provider's API says what is true. So its order, its
// age and its content cannot do harm, and the payment's own row says whose it is.
import { AppError, notFound } from '@portico/contracts/errors';
import { allTenants } from '@portico/service-kit/sql/tenancy-gate';
import type { SubgraphContext } from '@portico/service-kit/subgraph/context';
import type { BackgroundTask } from '@portico/service-kit/subgraph/start-subgraph';
import type { Charging } from '../charges/charging.ts';

export type GivenCallback = { provider: string; headers: { name: string; value: string }[]; body: string };

/** Statuses that an event tells something new about. */
const NEWS: Readonly<Record<string, readonly string[]>> = {
  succeeded: ['pending', 'failed'],
  failed: ['pending'],
  refunded: ['pending', 'succeeded', 'failed'],
  refund_failed: ['refunded'],
  other: [],
};

/** One statement: a callback that is acknowledged has also made its payment due. */
const TAKE = `${allTenants('a callback names a payment, not its tenant')}with taken as (
    insert into payments.provider_callback (provider, id, received_at) values ($1, $2, $3) on conflict do nothing returning id
  ), woken as (
    update payments.payment set due_at = $3, open_since = coalesce(open_since, $3)
    where provider = $1 and (id = $4 or reference = $6) and status = any($5) and exists (select from taken) returning id
  )
  select count(*)::int as taken from taken`;

/** Answers whether it was new. AUTHENTICATION_ERROR when the provider did not sign it; NOT_FOUND for a provider that is not ours. */
export async function receiveCallback(context: SubgraphContext, { providers }: Charging, given: GivenCallback): Promise<boolean> {
  const provider = providers.named(given.provider);
  if (provider === undefined) throw notFound('provider', given.provider);
  const headers = new Map(given.headers.map(({ name, value }) => [name.toLowerCase(), value]));
  const reading = provider.verifyCallback(headers, Buffer.from(given.body, 'base64'), context.now());
  if (reading.kind === 'refused') throw new AppError('AUTHENTICATION_ERROR', reading.problem);
  const { id, about, key = null, providerId = null } = reading;
  const [row] = await context.run(TAKE, [provider.name, id, context.now(), key, NEWS[about], providerId]);
  return row?.taken === 1;
}

const KEPT_MS = 7 * 86_400_000;
const SWEEP_IDLE_MS = 3_600_000;

/** Forgets callbacks that are older than any provider's tries. */
export const sweepCallbacks: BackgroundTask = {
  idleMs: SWEEP_IDLE_MS,
  async runOnce({ database, now }) {
    await database.run('delete from payments.provider_callback where received_at < $1', [new Date(now().getTime() - KEPT_MS)]);
    return 0;
  },
};
