import { Inventory } from './0001-inventory.ts';

/** Forward only; the names are what the database remembers. */
export const migrations = { '0001-inventory': Inventory };
