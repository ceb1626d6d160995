// Where the gateways of this process, or of others through it, learn about keys. They keep what they learn; changes reach them by
// PostgreSQL's NOTIFY, which is sent by the transaction that changed the key.
import type { KeyRecord, KeySource } from '@portico/contracts/access-records';
import type { Logger } from '@portico/service-kit/logger';
import { Account } from '../accounts/account.entity.ts';
import { type ChangeFeed, KEY_CHANNEL } from '../change-feed.ts';
import { collectTouches } from '../collect-touches.ts';
import type { AdminContext } from '../context.ts';
import { limitsOf } from '../limits-of.ts';
import { TierSettings } from '../tiers/tier.entity.ts';
import { ApiKey, signingSecret } from './api-key.entity.ts';

export function openKeySource(context: AdminContext, feed: ChangeFeed, logger: Logger): KeySource & AsyncDisposable {
  const touches = collectTouches(context, 'api_key', logger);
  return {
    findKey: (keyHash) => findKeyRecord(context, keyHash),
    onKeyChange: (listener) => feed.on(KEY_CHANNEL, listener),
    touch: touches.touch,
    [Symbol.asyncDispose]: () => touches[Symbol.asyncDispose](),
  };
}

async function findKeyRecord({ database, keyRing }: AdminContext, keyHash: string): Promise<KeyRecord | undefined> {
  const em = database.fork();
  const key = await em.findOne(ApiKey, { keyHash });
  if (key === null) return undefined;
  const account = await em.findOneOrFail(Account, { id: key.accountId });
  const plan = await em.findOneOrFail(TierSettings, { name: key.tier });
  const { id, accountId, mode, name, scopes, tier, signatures, allowedAddresses, status } = key;
  return {
    id,
    accountId,
    mode,
    name,
    scopes,
    tier,
    signatures,
    allowedAddresses,
    status,
    limits: limitsOf(key, plan),
    signingSecret: signingSecret.open(keyRing, id, key.secretSealed),
    allowedOrigins: account.allowedOrigins,
    expiresAt: key.expiresAt.getTime(),
  };
}
