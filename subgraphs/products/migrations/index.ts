import { Products } from './0001-products.ts';

/** Forward only; the names are what the database remembers. */
export const migrations = { '0001-products': Products };
