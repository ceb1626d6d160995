import { Webhooks } from './0001-webhooks.ts';
import { Leases } from './0002-leases.ts';

/** Forward only; the names are what the database remembers. */
export const migrations = { '0001-webhooks': Webhooks, '0002-leases': Leases };
