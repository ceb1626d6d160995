import { AppError } from '@portico/contracts/errors';
import { createOnce } from '@portico/service-kit/database/create-once';
import { tenantOf } from '@portico/service-kit/database/tenant';
import { parseInput } from '@portico/service-kit/parse-input';
import { withField } from '@portico/service-kit/reads/read-references';
import type { Row } from '@portico/service-kit/reads/reads';
import type { Selection } from '@portico/service-kit/reads/selection';
import { requireVersion, type SubgraphContext } from '@portico/service-kit/subgraph/context';
import { z } from 'zod';
import { QUANTITY_MAX } from './add-inventory.ts';
import { Reservation } from './inventory-item.entity.ts';
import { inventoryReads, reservationReads } from './inventory-reads.ts';
import { reservationRow } from './item-row.ts';
import { available, changeStock } from './stock.ts';
import { lockItem } from './update-inventory.ts';

const input = z.object({ quantity: z.int().min(1).max(QUANTITY_MAX), reference: z.string().trim().min(1).max(200).nullish() });

export type ReserveArguments = { sku: string; quantity: number; reference?: string | null; expectedVersion?: number | null };

/** Holds pieces of one item. INSUFFICIENT_INVENTORY, with both numbers, when there are not as many. */
export function reserveInventory(
  context: SubgraphContext,
  { sku, expectedVersion, ...given }: ReserveArguments,
  selection: Selection,
): Promise<Row> {
  const { quantity, reference } = parseInput(input, given);
  return createOnce<Row>(context, 'reservation', 'reservation_pkey', {
    find: async (id) => {
      const reservation = await context.reads.one(reservationReads, context.caller, 't.id', id, withField(selection, 'item'));
      if (reservation === undefined) return undefined;
      const item = await context.reads.one(
        inventoryReads,
        context.caller,
        't.id',
        String(reservation.itemId),
        selection.get('item') ?? new Map(),
      );
      return { ...reservation, item };
    },
    create: (id) =>
      context.write(async (em) => {
        const item = await lockItem(em, sku);
        requireVersion(item, expectedVersion);
        if (available(item) < quantity) {
          throw new AppError('INSUFFICIENT_INVENTORY', `Only ${available(item)} of ${sku} are available.`, {
            details: { quantity: `Requested ${quantity}, available ${available(item)}.` },
          });
        }
        const at = context.now();
        const reservation = em.create(Reservation, {
          ...tenantOf(context.caller),
          id,
          itemId: item.id,
          sku: item.sku,
          reference: reference ?? null,
          quantity,
          status: 'held',
          createdAt: at,
          updatedAt: at,
        });
        em.persist(reservation);
        changeStock(em, context, item, { reserved: item.reserved + quantity });
        await em.flush();
        return reservationRow(reservation, item);
      }),
  });
}
