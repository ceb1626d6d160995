import { Customers } from './0001-customers.ts';
import { Reconciliation } from './0002-reconciliation.ts';
import { ToldOnce } from './0003-told-once.ts';

/** Forward only; the names are what the database remembers. */
export const migrations = { '0001-customers': Customers, '0002-reconciliation': Reconciliation, '0003-told-once': ToldOnce };
