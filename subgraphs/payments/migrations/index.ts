import { Payments } from './0001-payments.ts';
import { Reconciliation } from './0002-reconciliation.ts';
import { Provider } from './0003-provider.ts';
import { TellOrders } from './0004-tell-orders.ts';
import { Reference } from './0005-reference.ts';

/** Forward only; the names are what the database remembers. */
export const migrations = {
  '0001-payments': Payments,
  '0002-reconciliation': Reconciliation,
  '0003-provider': Provider,
  '0004-tell-orders': TellOrders,
  '0005-reference': Reference,
};
