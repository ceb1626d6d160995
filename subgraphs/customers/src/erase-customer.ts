// Erasure (GDPR article 17): the personal data goes in one transaction; what other subgraphs hold of it goes right after, and a row
// remembers that it still has to, until it has. An order that was being placed at that moment is written behind that, with its address: the
// orders are told once more when none of those can be left.
import { asService, type Caller } from '@portico/contracts/caller';
import { tenantOf } from '@portico/service-kit/database/tenant';
import type { Row } from '@portico/service-kit/reads/reads';
import { requireVersion, type SubgraphContext } from '@portico/service-kit/subgraph/context';
import type { BackgroundTask, SubgraphProgram } from '@portico/service-kit/subgraph/start-subgraph';
import { Erasure } from './customer.entity.ts';
import { customerRow } from './customer-row.ts';
import { findCustomer } from './update-customer.ts';

const ANONYMIZE = 'mutation AnonymizeOrders($id: ID!) { anonymizeOrders(customerId: $id) }';

/** The request that erases tries first; the task takes over what it left this long ago. */
const LEASE_MS = 30_000;
/** Longer than the placing of an order may take. */
const ONCE_MORE_MS = 300_000;

/** Erases for good. Erasing an erased customer again answers the same, and tells the orders again. */
export async function eraseCustomer(context: SubgraphContext, id: string, expectedVersion?: number | null): Promise<Row> {
  const row = await context.write(async (em) => {
    const customer = await findCustomer(em, id);
    requireVersion(customer, expectedVersion);
    const now = context.now();
    if (customer.status !== 'erased')
      em.assign(customer, {
        email: null,
        name: null,
        phone: null,
        address: null,
        emailIndex: null,
        searchTokens: [],
        status: 'erased',
        updatedAt: now,
      });
    await em.flush();
    const { requestId } = context.caller;
    const lockedUntil = new Date(now.getTime() + LEASE_MS);
    const begun = { ...tenantOf(context.caller), customerId: id, requestId, lockedUntil, toldOnce: false };
    await em.upsert(Erasure, begun, { onConflictFields: ['customerId'] });
    return customerRow(customer);
  });
  // The customer is erased whether or not the orders can be reached now.
  await finishErasure(context, id).catch(() => {});
  return row;
}

async function finishErasure(context: SubgraphContext, id: string, toldOnce = false): Promise<void> {
  await context.graph.execute(ANONYMIZE, { id }, asService(context.caller, 'customers', ['orders:write']));
  if (toldOnce) await context.run('delete from customers.erasure where customer_id = $1 and told_once', [id]);
  else {
    const lockedUntil = new Date(context.now().getTime() + ONCE_MORE_MS);
    await context.run('update customers.erasure set told_once = true, locked_until = $2 where customer_id = $1', [id, lockedUntil]);
  }
}

/** Finishes the erasures whose request could not, and those that are to be told once more: one at a time, each by one process. */
export const finishErasures: BackgroundTask = { idleMs: 5_000, runOnce };

async function runOnce({ database, contextFor, now }: SubgraphProgram): Promise<number> {
  const [claimed] = await database.run(
    `update customers.erasure set locked_until = $1 where customer_id = (
       select customer_id from customers.erasure where locked_until < $2 order by locked_until limit 1 for update skip locked
     ) returning customer_id as "customerId", account_id as "accountId", mode, request_id as "requestId", told_once as "toldOnce"`,
    [new Date(now().getTime() + LEASE_MS), now()],
  );
  if (claimed === undefined) return 0;
  const { customerId, toldOnce, ...tenant } = claimed as { customerId: string; toldOnce: boolean } & Pick<
    Caller,
    'accountId' | 'mode' | 'requestId'
  >;
  await finishErasure(contextFor({ ...tenant, actor: 'service:customers', scopes: new Set() }), customerId, toldOnce);
  return 1;
}
