import { Payments } from './0001-payments.ts';

/** Forward only; the names are what the database remembers. */
export const migrations = { '0001-payments': Payments };
