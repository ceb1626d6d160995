// Money may turn a pending order into a confirmed one, which the orders subgraph decides. It is told through the graph, right after the
// transaction that recorded the money; the time in `tell_at`, written by that transaction, makes the task here tell it again until it was
// heard. An event would not do: the broker keeps events for days, and a debt must not expire.
import { asService, type Caller } from '@portico/contracts/caller';
import { newId } from '@portico/contracts/ids';
import { allTenants } from '@portico/service-kit/sql/tenancy-gate';
import type { SubgraphContext } from '@portico/service-kit/subgraph/context';
import type { BackgroundTask } from '@portico/service-kit/subgraph/start-subgraph';
import { LEASE_MS, type Payment } from './payment.entity.ts';

const CONFIRM = 'mutation ConfirmPaidOrder($orderId: ID!) { confirmPaidOrder(orderId: $orderId) }';
const IDLE_MS = 5_000;
const AT_ONCE = 10;

type Told = Pick<Payment, 'id' | 'orderId'>;

/** Tells it at once when it is due. When that fails, the task does it. */
export async function tellOrdersNow(context: SubgraphContext, payment: Told & Pick<Payment, 'tellAt'>): Promise<void> {
  if (payment.tellAt != null) await tell(context, payment).catch(() => {});
}

async function tell(context: SubgraphContext, { id, orderId }: Told): Promise<void> {
  const { accountId, mode } = context.caller;
  await context.graph.execute(CONFIRM, { orderId }, asService(context.caller, 'payments', ['orders:write']));
  await context.run('update payments.payment set tell_at = null where account_id = $1 and mode = $2 and id = $3', [accountId, mode, id]);
}

/** Tells what a crash, or an orders subgraph that was away, left untold. */
export const tellOrders: BackgroundTask = {
  idleMs: IDLE_MS,
  async runOnce({ database, contextFor, logger, now }) {
    const claimed = await database.run(
      `${allTenants('of whose money the orders have to be told')}update payments.payment set tell_at = $1
       where id in (select id from payments.payment where tell_at <= $2 order by tell_at limit ${AT_ONCE} for update skip locked)
       returning id, order_id as "orderId", account_id as "accountId", mode, request_id as "requestId"`,
      [new Date(now().getTime() + LEASE_MS), now()],
    );
    const told = (claimed as Claimed[]).map(({ id, orderId, accountId, mode, requestId }) => {
      const caller: Caller = { accountId, mode, requestId: requestId ?? newId('request'), actor: 'service:payments', scopes: new Set() };
      return tell(contextFor(caller), { id, orderId }).then(
        () => logger.info({ orderId, operation: 'tell' }, 'the orders were told late of a payment'),
        (err: unknown) => logger.warn({ err, orderId, operation: 'tell' }, 'the orders cannot be told of a payment; trying again'),
      );
    });
    await Promise.all(told);
    return claimed.length;
  },
};

type Claimed = Told & Pick<Caller, 'accountId' | 'mode'> & { requestId: string | null };
