// The saga log: what an order still owes to the inventory. A row is written before or with the change that makes it due, and goes when
// it is done; a row that stays is picked up by the task in settle-stock.ts.
import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** `undecided`: an order is being placed, and its stock may have been reserved. `nothing`: it was placed after all; only the row is left. */
export type StockAction = 'undecided' | 'nothing' | 'release' | 'commit';

/** How long the request that wrote a row has the row to itself. */
export const LEASE_MS = 30_000;

export const StockTask = defineEntity({
  name: 'StockTask',
  tableName: 'stock_task',
  properties: {
    /** The order's id. */
    id: p.string().columnType('text').primary(),
    accountId: p.string().columnType('text'),
    mode: p.string().columnType('text').$type<'live' | 'test'>(),
    action: p.string().columnType('text').$type<StockAction>(),
    requestId: p.string().columnType('text'),
    lockedUntil: p.datetime().length(3),
  },
});
export type StockTask = InferEntity<typeof StockTask>;
