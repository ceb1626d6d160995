import type { EntityManager } from '@mikro-orm/postgresql';
import { AppError, notFound } from '@portico/contracts/errors';
import { isId, newId } from '@portico/contracts/ids';
import { tenantOf } from '@portico/service-kit/database/tenant';
import { parseInput } from '@portico/service-kit/parse-input';
import type { Row } from '@portico/service-kit/reads/reads';
import { requireVersion, type SubgraphContext } from '@portico/service-kit/subgraph/context';
import { z } from 'zod';
import { QUANTITY_MAX } from './add-inventory.ts';
import { Reservation } from './inventory-item.entity.ts';
import { reservationRow } from './item-row.ts';
import { changeStock } from './stock.ts';
import { lockItem } from './update-inventory.ts';

const input = z.object({ quantity: z.int().min(1).max(QUANTITY_MAX).nullish() });

export type ReleaseArguments = { sku: string; reservationId: string; quantity?: number | null; expectedVersion?: number | null };

/** Gives back what a reservation holds, or a part of it, once per idempotency seed. INVALID_STATE when it does not hold as much. */
export function releaseInventory(
  context: SubgraphContext,
  { sku, reservationId, expectedVersion, ...given }: ReleaseArguments,
): Promise<Row> {
  const { quantity } = parseInput(input, given);
  return context.write(async (em) => {
    const item = await lockItem(em, sku);
    const reservation = isId('reservation', reservationId)
      ? await em.findOne(Reservation, { id: reservationId, itemId: item.id, orderId: null })
      : null;
    // An order's stock is released with the order, so that the two cannot disagree.
    if (reservation === null) throw notFound(`reservation of ${sku}`, reservationId);
    const id = newId('reservation', context.caller.idempotencySeed);
    // Behind the item's lock: an earlier try of the same request gave it back.
    if ((await em.findOne(Reservation, { id })) !== null) return reservationRow(reservation, item);
    requireVersion(item, expectedVersion);
    const released = quantity ?? reservation.quantity;
    if (reservation.status !== 'held' || released > reservation.quantity) {
      const held = reservation.status === 'held' ? reservation.quantity : 0;
      throw new AppError('INVALID_STATE', `The reservation holds ${held}; ${released} cannot be released.`, {
        details: { status: reservation.status, quantity: `At most ${held}.` },
      });
    }
    const left = reservation.quantity - released;
    splitOff(em, context, reservation, { id, quantity: released });
    em.assign(reservation, { quantity: left, status: left === 0 ? 'released' : 'held', updatedAt: context.now() });
    changeStock(em, context, item, { reserved: item.reserved - released });
    await em.flush();
    return reservationRow(reservation, item);
  });
}

/** What is given back becomes a reservation of its own that was released, by which a second try of the request knows it. */
function splitOff(em: EntityManager, context: SubgraphContext, from: Reservation, part: Pick<Reservation, 'id' | 'quantity'>): void {
  const at = context.now();
  const { itemId, sku, reference } = from;
  em.persist(
    em.create(Reservation, {
      ...tenantOf(context.caller),
      ...part,
      itemId,
      sku,
      reference: reference ?? null,
      status: 'released',
      createdAt: at,
      updatedAt: at,
    }),
  );
}
