import { Orders } from './0001-orders.ts';

/** Forward only; the names are what the database remembers. */
export const migrations = { '0001-orders': Orders };
