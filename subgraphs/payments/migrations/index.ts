import { Payments } from './0001-payments.ts';
import { Provider } from './0003-provider.ts';

/** Forward only; the names are what the database remembers. */
export const migrations = { '0001-payments': Payments, '0003-provider': Provider };
