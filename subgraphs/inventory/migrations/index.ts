import { Inventory } from './0001-inventory.ts';
import { Reconciliation } from './0002-reconciliation.ts';
import { DeferrableSku } from './0003-deferrable-sku.ts';

/** Forward only; the names are what the database remembers. */
export const migrations = { '0001-inventory': Inventory, '0002-reconciliation': Reconciliation, '0003-deferrable-sku': DeferrableSku };
