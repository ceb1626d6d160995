// What seeded orders mean to the warehouse. Without these rows an open order could be neither shipped nor cancelled later.
import type { Tenant } from '@portico/contracts/caller';
import type { Client } from 'pg';
import type { DemoOrder, OrderStatus } from './demo-orders.ts';
import { insertRows } from './insert-rows.ts';
import { pastId } from './past-id.ts';
import type { Random } from './random.ts';

const HOLD_OF: Readonly<Record<OrderStatus, 'held' | 'committed' | 'released'>> = {
  pending: 'held',
  confirmed: 'held',
  processing: 'held',
  shipped: 'committed',
  delivered: 'committed',
  refunded: 'committed',
  cancelled: 'released',
};

/** `itemIds`: inventory item by product. */
export async function insertOrderStock(
  client: Client,
  tenant: Tenant,
  itemIds: ReadonlyMap<string, string>,
  orders: readonly DemoOrder[],
  random: Random,
): Promise<void> {
  const holds = orders.map(({ id, status, updatedAt }) => ({ id, status: HOLD_OF[status], updated_at: updatedAt, version: 1 }));
  const reservations = orders.flatMap(({ id, status, lines, createdAt, updatedAt }) =>
    lines.map((line) => ({
      id: pastId('reservation', createdAt.getTime(), random),
      item_id: itemIds.get(line.productId) ?? '',
      sku: line.sku,
      order_id: id,
      reference: null,
      quantity: line.quantity,
      status: HOLD_OF[status],
      created_at: createdAt,
      updated_at: updatedAt,
      version: 1,
    })),
  );
  await insertRows(client, tenant, 'inventory.stock_hold', holds);
  await insertRows(client, tenant, 'inventory.reservation', reservations);
  const heldBy = Map.groupBy(
    reservations.filter(({ status }) => status === 'held'),
    (reservation) => reservation.item_id,
  );
  const held = [...heldBy].map(([id, rows]) => ({ id, pieces: rows.reduce((sum, { quantity }) => sum + quantity, 0) }));
  // The pieces held are added to the warehouse as well: what is available to buyers does not change.
  await client.query(
    `update inventory.inventory_item i set quantity = i.quantity + h.pieces, reserved = i.reserved + h.pieces, version = i.version + 1
     from jsonb_to_recordset($1::jsonb) as h (id text, pieces int) where i.id = h.id and i.account_id = $2 and i.mode = $3`,
    [JSON.stringify(held), tenant.accountId, tenant.mode],
  );
}
