import { Orders } from './0001-orders.ts';
import { Reconciliation } from './0002-reconciliation.ts';
import { Saga } from './0003-saga.ts';
import { SagaTries } from './0004-saga-tries.ts';
import { MovedBy } from './0005-moved-by.ts';

/** Forward only; the names are what the database remembers. */
export const migrations = {
  '0001-orders': Orders,
  '0002-reconciliation': Reconciliation,
  '0003-saga': Saga,
  '0004-saga-tries': SagaTries,
  '0005-moved-by': MovedBy,
};
