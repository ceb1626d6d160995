import { Customers } from './0001-customers.ts';
import { Reconciliation } from './0002-reconciliation.ts';

/** Forward only; the names are what the database remembers. */
export const migrations = { '0001-customers': Customers, '0002-reconciliation': Reconciliation };
