import { LockMode } from '@mikro-orm/core';
import { AppError } from '@portico/contracts/errors';
import { tenantOf } from '@portico/service-kit/database/tenant';
import type { SubgraphContext } from '@portico/service-kit/subgraph/context';
import { InventoryItem, Reservation, StockHold } from './inventory-item.entity.ts';
import type { HoldAnswer } from './reserve-stock.ts';
import { changeStock } from './stock.ts';
import { writeHold } from './write-hold.ts';

/** `released`: the pieces are free again. `committed`: they have left the warehouse. */
export type Settlement = 'released' | 'committed';

/** Ends what an order holds. Asked again it answers the same; INVALID_STATE when it was ended the other way. */
export function settleStock(context: SubgraphContext, orderId: string, settlement: Settlement): Promise<HoldAnswer> {
  return writeHold(context, async (em) => {
    const at = context.now();
    const hold = await em.findOne(StockHold, { id: orderId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (hold === null) {
      if (settlement === 'committed')
        throw new AppError('INVALID_STATE', `The order ${orderId} holds no stock.`, { details: { status: 'none' } });
      // Remembered, so that a reservation of this order that is still on its way finds the door closed.
      em.persist(em.create(StockHold, { ...tenantOf(context.caller), id: orderId, status: 'released', updatedAt: at }));
      await em.flush();
      return { orderId, status: 'released' };
    }
    if (hold.status === settlement) return { orderId, status: settlement };
    if (hold.status !== 'held')
      throw new AppError('INVALID_STATE', `The stock of ${orderId} was ${hold.status} before.`, { details: { status: hold.status } });
    em.assign(hold, { status: settlement, updatedAt: at });
    const reservations = await em.find(Reservation, { orderId });
    const items = await em.find(
      InventoryItem,
      { id: { $in: reservations.map(({ itemId }) => itemId) } },
      { lockMode: LockMode.PESSIMISTIC_WRITE, orderBy: { id: 'asc' } },
    );
    const byId = new Map(items.map((item) => [item.id, item]));
    for (const reservation of reservations) {
      const item = byId.get(reservation.itemId);
      if (item === undefined) continue;
      const reserved = item.reserved - reservation.quantity;
      changeStock(
        em,
        context,
        item,
        settlement === 'committed' ? { reserved, quantity: item.quantity - reservation.quantity } : { reserved },
      );
      em.assign(reservation, { status: settlement, updatedAt: at });
    }
    await em.flush();
    return { orderId, status: settlement };
  });
}
