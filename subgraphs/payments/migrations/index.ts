import { Payments } from './0001-payments.ts';
import { Reconciliation } from './0002-reconciliation.ts';

/** Forward only; the names are what the database remembers. */
export const migrations = { '0001-payments': Payments, '0002-reconciliation': Reconciliation };
