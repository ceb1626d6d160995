import type { EntityManager } from '@mikro-orm/postgresql';
import { AppError } from '@portico/contracts/errors';
import { tenantOf } from '@portico/service-kit/database/tenant';
import type { SubgraphContext } from '@portico/service-kit/subgraph/context';
import { LEASE_MS, Payment } from '../payment.entity.ts';
import type { Charging } from './charging.ts';
import { lockOrder, UNPAID } from './paid-order.ts';

export type Begun = { readonly payment: Payment; readonly isNew: boolean };

/**
 * The payment with this id: the one that an earlier try of the same request left, or a new one, pending and not charged for yet.
 * `amountOf` is asked for a new one only, behind the lock that all charges of the order wait for. INVALID_STATE for a closed order.
 * `isConfirmed`: the order was confirmed after all, so that having been closed as unpaid does not count.
 */
export function beginPayment(
  context: SubgraphContext,
  { providers }: Charging,
  { id, orderId, currency, isConfirmed = false }: { id: string; orderId: string; currency: string; isConfirmed?: boolean },
  amountOf: (em: EntityManager) => number | Promise<number>,
): Promise<Begun> {
  return context.write(async (em) => {
    const at = context.now();
    const asked = { askedAt: at, dueAt: new Date(at.getTime() + LEASE_MS) };
    const reason = await lockOrder(em, context.caller, orderId);
    const closed = isConfirmed && reason === UNPAID ? undefined : reason;
    const existing = await em.findOne(Payment, { id });
    if (closed !== undefined && (existing === null || existing.status === 'pending')) {
      throw new AppError('INVALID_STATE', 'The order takes no payments any more.', { details: { orderId: closed } });
    }
    if (existing !== null) {
      // Its version changes whatever the clock says: an earlier try can tell that it is not alone.
      if (existing.status === 'pending') em.assign(existing, { ...asked, tries: existing.tries + 1 });
      return { payment: existing, isNew: false };
    }
    const payment = em.create(Payment, {
      ...tenantOf(context.caller),
      id,
      orderId,
      amount: await amountOf(em),
      currency,
      status: 'pending',
      method: 'card',
      provider: providers.of(context.caller.mode).name,
      ...asked,
      openSince: at,
      requestId: context.caller.requestId,
      createdAt: at,
      updatedAt: at,
    });
    await em.persist(payment).flush();
    return { payment, isNew: true };
  });
}
