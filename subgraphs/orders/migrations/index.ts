import { Orders } from './0001-orders.ts';
import { Reconciliation } from './0002-reconciliation.ts';

/** Forward only; the names are what the database remembers. */
export const migrations = { '0001-orders': Orders, '0002-reconciliation': Reconciliation };
