import { Products } from './0001-products.ts';
import { Reconciliation } from './0002-reconciliation.ts';
import { SkuChanges } from './0003-sku-change.ts';

/** Forward only; the names are what the database remembers. */
export const migrations = { '0001-products': Products, '0002-reconciliation': Reconciliation, '0003-sku-change': SkuChanges };
