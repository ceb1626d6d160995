import type { EntityManager } from '@mikro-orm/postgresql';
import type { Tenant } from '@portico/contracts/caller';

/** Why an order is closed that is about to be cancelled because nobody paid for it. It says nothing once the order was confirmed. */
export const UNPAID = 'The payment failed.';

/** Makes all charges of an order wait for each other until the transaction ends. Answers why no charge is accepted any more, if so. */
export async function lockOrder(em: EntityManager, { accountId, mode }: Tenant, orderId: string): Promise<string | undefined> {
  const [row] = await em.execute<{ closed_reason: string | null }[]>(
    `insert into payments.paid_order as paid (account_id, mode, order_id) values (?, ?, ?)
     on conflict (account_id, mode, order_id) do update set closed_reason = paid.closed_reason returning closed_reason`,
    [accountId, mode, orderId],
  );
  return row?.closed_reason ?? undefined;
}

/** From the end of the transaction on no charge for the order is accepted. The first reason stays, unless it was `UNPAID`. */
export async function closeOrder(em: EntityManager, { accountId, mode }: Tenant, orderId: string, reason: string): Promise<void> {
  await em.execute(
    `insert into payments.paid_order as paid (account_id, mode, order_id, closed_reason) values (?, ?, ?, ?)
     on conflict (account_id, mode, order_id) do update set closed_reason = coalesce(nullif(paid.closed_reason, ?), excluded.closed_reason)`,
    [accountId, mode, orderId, reason, UNPAID],
  );
}
