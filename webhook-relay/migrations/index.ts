import { Webhooks } from './0001-webhooks.ts';

/** Forward only; the names are what the database remembers. */
export const migrations = { '0001-webhooks': Webhooks };
