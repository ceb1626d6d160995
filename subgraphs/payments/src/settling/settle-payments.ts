// What a crash, a lost answer or a provider that decides later left open. A payment is claimed by moving its due time ahead.
import type { Caller } from '@portico/contracts/caller';
import { newId } from '@portico/contracts/ids';
import { allTenants } from '@portico/service-kit/sql/tenancy-gate';
import { toIsoInstant } from '@portico/service-kit/subgraph/scalars';
import type { BackgroundTask } from '@portico/service-kit/subgraph/start-subgraph';
import { publishSettled } from '@portico/service-kit/subgraph/work-state';
import type { Charging } from '../charges/charging.ts';
import { LEASE_MS } from '../payment.entity.ts';
import { type OpenPayment, settlePayment } from './settle-payment.ts';

const IDLE_MS = 1_000;
const AT_ONCE = 10;

/** Statements answer instants as text. */
type Claimed = Omit<OpenPayment, 'leasedUntil' | 'askedAt'> &
  Pick<Caller, 'accountId' | 'mode'> & { askedAt: string; requestId: string | null };

export function settlePayments(charging: Charging): BackgroundTask {
  return {
    idleMs: IDLE_MS,
    async runOnce({ database, contextFor, now }) {
      const leasedUntil = new Date(now().getTime() + LEASE_MS);
      const claimed = await database.run(
        `${allTenants('what is open with the provider')}update payments.payment set due_at = $1
         where id in (select id from payments.payment where due_at <= $2 order by due_at limit ${AT_ONCE} for update skip locked)
         returning id, account_id as "accountId", mode, request_id as "requestId", provider, reference, tries, status,
           asked_at as "askedAt"`,
        [leasedUntil, now()],
      );
      const settled = (claimed as Claimed[]).map(({ accountId, mode, requestId, askedAt, ...open }) => {
        const caller: Caller = { accountId, mode, requestId: requestId ?? newId('request'), actor: 'service:payments', scopes: new Set() };
        const payment = { ...open, askedAt: new Date(toIsoInstant(askedAt)), leasedUntil };
        // One that cannot be settled comes back when its lease is over; the others do not wait for it.
        return settlePayment(contextFor(caller), charging, payment).then(
          (settlement) => publishSettled('payments', settlement),
          (err: unknown) => charging.logger.error({ err, operation: `settle ${open.id}` }, 'a payment could not be settled'),
        );
      });
      await Promise.all(settled);
      return claimed.length;
    },
  };
}
