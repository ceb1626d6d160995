import { Webhooks } from './0001-webhooks.ts';
import { DeadDeliveries } from './0002-dead-deliveries.ts';
import { Leases } from './0003-leases.ts';
import { Claim } from './0004-claim.ts';
import { Exhausted } from './0005-exhausted.ts';
import { ByIndex } from './0006-by-index.ts';
import { IndexWrites } from './0007-index-writes.ts';
import { InHand } from './0008-in-hand.ts';
import { HandOver } from './0009-hand-over.ts';
import { InterimSecrets } from './0010-interim-secrets.ts';
import { LetLinesGo } from './0011-let-lines-go.ts';
import { PutLinesAside } from './0012-put-lines-aside.ts';
import { FanOutByHash } from './0013-fan-out-by-hash.ts';

/** Forward only; the names are what the database remembers. */
export const migrations = {
  '0001-webhooks': Webhooks,
  '0002-dead-deliveries': DeadDeliveries,
  '0003-leases': Leases,
  '0004-claim': Claim,
  '0005-exhausted': Exhausted,
  '0006-by-index': ByIndex,
  '0007-index-writes': IndexWrites,
  '0008-in-hand': InHand,
  '0009-hand-over': HandOver,
  '0010-interim-secrets': InterimSecrets,
  '0011-let-lines-go': LetLinesGo,
  '0012-put-lines-aside': PutLinesAside,
  '0013-fan-out-by-hash': FanOutByHash,
};
