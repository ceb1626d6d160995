// What a crash, a lost answer or a provider that decides later left open. A payment is claimed by moving its due time ahead.
import type { Caller } from '@portico/contracts/caller';
import { newId } from '@portico/contracts/ids';
import { allTenants } from '@portico/service-kit/sql/tenancy-gate';
import type { BackgroundTask } from '@portico/service-kit/subgraph/start-subgraph';
import { LEASE_MS } from '../payment.entity.ts';
import { type Charging, type OpenPayment, settlePayment } from './settle-payment.ts';

const IDLE_MS = 1_000;

type Claimed = Omit<OpenPayment, 'leasedUntil' | 'amount'> &
  Pick<Caller, 'accountId' | 'mode'> & { amount: string; requestId: string | null };

export function settlePayments(charging: Charging): BackgroundTask {
  return {
    idleMs: IDLE_MS,
    async runOnce({ database, contextFor, now }) {
      const leasedUntil = new Date(now().getTime() + LEASE_MS);
      const [claimed] = await database.run(
        `${allTenants('what is open with the provider')}update payments.payment set due_at = $1
         where id = (select id from payments.payment where due_at <= $2 order by due_at limit 1 for update skip locked)
         returning id, account_id as "accountId", mode, request_id as "requestId", amount, currency, provider, reference, tries,
           asked_at as "askedAt"`,
        [leasedUntil, now()],
      );
      if (claimed === undefined) return 0;
      const { accountId, mode, requestId, amount, ...open } = claimed as Claimed;
      const caller: Caller = { accountId, mode, requestId: requestId ?? newId('request'), actor: 'service:payments', scopes: new Set() };
      await settlePayment(contextFor(caller), charging, { ...open, amount: Number(amount), leasedUntil });
      return 1;
    },
  };
}
