// What an order owes to the inventory is paid right after the transaction that made it due. The task here pays what a crash, or an
// inventory that could not be reached, left unpaid; an order that was never decided is undone.
import { asService, type Caller } from '@portico/contracts/caller';
import { allTenants } from '@portico/service-kit/sql/tenancy-gate';
import type { SubgraphContext } from '@portico/service-kit/subgraph/context';
import type { BackgroundTask, SubgraphProgram } from '@portico/service-kit/subgraph/start-subgraph';
import { LEASE_MS, type StockAction } from './stock-task.entity.ts';

const MUTATIONS = {
  release: 'mutation ReleaseStock($orderId: ID!) { releaseStock(orderId: $orderId) { status } }',
  commit: 'mutation CommitStock($orderId: ID!) { commitStock(orderId: $orderId) { status } }',
} as const satisfies Partial<Record<StockAction, string>>;

/** Pays one debt and takes its row away. Safe to repeat: the inventory answers the same a second time. */
export async function settleStock(context: SubgraphContext, orderId: string, action: keyof typeof MUTATIONS): Promise<void> {
  await context.graph.execute(MUTATIONS[action], { orderId }, asService(context.caller, 'orders', ['inventory:write']));
  await context.run('delete from orders.stock_task where id = $1 and action = $2', [orderId, action]);
}

export const settleLeftStock: BackgroundTask = { idleMs: 5_000, runOnce };

async function runOnce({ database, contextFor, now }: SubgraphProgram): Promise<number> {
  // Claiming decides an undecided order: from here on its request cannot complete it. Where the order stands already, two tries of one
  // request crossed and one of them completed it: then only the row is left over.
  const [claimed] = await database.run(
    `${allTenants('what any order owes')}update orders.stock_task task set locked_until = $1, action = case
       when task.action <> 'undecided' then task.action
       when exists (select from orders.order o where o.id = task.id) then 'nothing'
       else 'release' end
     where id = (select id from orders.stock_task where locked_until < $2 order by locked_until limit 1 for update skip locked)
     returning id, account_id as "accountId", mode, request_id as "requestId", action`,
    [new Date(now().getTime() + LEASE_MS), now()],
  );
  if (claimed === undefined) return 0;
  const { id, action, ...tenant } = claimed as Claimed;
  if (action === 'nothing') await database.run('delete from orders.stock_task where id = $1', [id]);
  else await settleStock(contextFor({ ...tenant, actor: 'service:orders', scopes: new Set() }), id, action);
  return 1;
}

type Claimed = { id: string; action: keyof typeof MUTATIONS | 'nothing' } & Pick<Caller, 'accountId' | 'mode' | 'requestId'>;
