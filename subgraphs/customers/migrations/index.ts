import { Customers } from './0001-customers.ts';

/** Forward only; the names are what the database remembers. */
export const migrations = { '0001-customers': Customers };
