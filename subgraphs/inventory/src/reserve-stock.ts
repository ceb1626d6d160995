// The stock of an order: all its lines or none, once per order however often it is asked.
import { LockMode } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { AppError } from '@portico/contracts/errors';
import { newId } from '@portico/contracts/ids';
import { tenantOf } from '@portico/service-kit/database/tenant';
import { parseInput } from '@portico/service-kit/parse-input';
import type { SubgraphContext } from '@portico/service-kit/subgraph/context';
import { z } from 'zod';
import { QUANTITY_MAX } from './add-inventory.ts';
import { InventoryItem, Reservation, type ReservationStatus, StockHold } from './inventory-item.entity.ts';
import { available, changeStock } from './stock.ts';
import { writeHold } from './write-hold.ts';

const input = z.object({
  orderId: z.string().min(1).max(64),
  lines: z
    .array(z.object({ productId: z.string(), quantity: z.int().min(1).max(QUANTITY_MAX) }))
    .min(1)
    .max(100),
});
type Line = z.output<typeof input>['lines'][number];

export type HoldAnswer = { orderId: string; status: ReservationStatus };

/** INSUFFICIENT_INVENTORY with a text per short line; INVALID_STATE when the order's stock was released or committed before. */
export async function reserveStock(context: SubgraphContext, given: unknown): Promise<HoldAnswer> {
  const { orderId, lines } = parseInput(input, given);
  return writeHold(context, (em) => reserve(em, orderId, lines));

  async function reserve(em: EntityManager, id: string, wanted: readonly Line[]): Promise<HoldAnswer> {
    const quantities = new Map<string, number>();
    for (const { productId, quantity } of wanted) quantities.set(productId, (quantities.get(productId) ?? 0) + quantity);
    // Rows are locked in one order by everybody, so that two orders cannot wait for each other.
    const items = await em.find(
      InventoryItem,
      { productId: { $in: [...quantities.keys()] } },
      { lockMode: LockMode.PESSIMISTIC_WRITE, orderBy: { id: 'asc' } },
    );
    // Looked at behind the locks: of two requests for the same order the second sees what the first did.
    const hold = await em.findOne(StockHold, { id });
    if (hold?.status === 'held') return { orderId: id, status: hold.status };
    if (hold !== null)
      throw new AppError('INVALID_STATE', `The stock of ${id} was ${hold.status} before.`, { details: { status: hold.status } });
    const byProduct = new Map(items.map((item) => [item.productId, item]));
    refuseShortLines(wanted, quantities, byProduct);
    const at = context.now();
    em.persist(em.create(StockHold, { ...tenantOf(context.caller), id, status: 'held', updatedAt: at }));
    for (const item of items) {
      const quantity = quantities.get(item.productId) ?? 0;
      changeStock(em, context, item, { reserved: item.reserved + quantity });
      em.persist(
        em.create(Reservation, {
          ...tenantOf(context.caller),
          id: newId('reservation'),
          itemId: item.id,
          sku: item.sku,
          orderId: id,
          quantity,
          status: 'held',
          createdAt: at,
          updatedAt: at,
        }),
      );
    }
    await em.flush();
    return { orderId: id, status: 'held' };
  }
}

function refuseShortLines(
  lines: readonly Line[],
  quantities: ReadonlyMap<string, number>,
  items: ReadonlyMap<string, InventoryItem>,
): void {
  const details: Record<string, string> = {};
  const short = new Set<string>();
  for (const [i, { productId }] of lines.entries()) {
    const item = items.get(productId);
    const left = item === undefined ? 0 : available(item);
    const requested = quantities.get(productId) ?? 0;
    if (requested <= left) continue;
    details[`items[${i}]`] = `Requested ${requested}, available ${left}.`;
    short.add(item?.sku ?? productId);
  }
  if (short.size > 0) throw new AppError('INSUFFICIENT_INVENTORY', `There is not enough stock of ${[...short].join(', ')}.`, { details });
}
