import { Webhooks } from './0001-webhooks.ts';
import { DeadDeliveries } from './0002-dead-deliveries.ts';
import { Leases } from './0003-leases.ts';
import { Claim } from './0004-claim.ts';
import { Exhausted } from './0005-exhausted.ts';
import { ByIndex } from './0006-by-index.ts';
import { IndexWrites } from './0007-index-writes.ts';

/** Forward only; the names are what the database remembers. */
export const migrations = {
  '0001-webhooks': Webhooks,
  '0002-dead-deliveries': DeadDeliveries,
  '0003-leases': Leases,
  '0004-claim': Claim,
  '0005-exhausted': Exhausted,
  '0006-by-index': ByIndex,
  '0007-index-writes': IndexWrites,
};
