// Where the gateways of this process, or of others through it, learn about keys. They keep what they learn; changes reach them by
// PostgreSQL's NOTIFY, which is sent by the transaction that changed the key.
import type { KeyRecord, KeySource } from '@portico/contracts/access-records';
import { type RateLimit, TEST_MODE_FACTOR } from '@portico/contracts/tiers';
import { startLoop } from '@portico/service-kit/lifecycle';
import type { Logger } from '@portico/service-kit/logger';
import pg from 'pg';
import { Account } from '../accounts/account.entity.ts';
import type { AdminContext } from '../context.ts';
import { TierSettings } from '../tiers/tier.entity.ts';
import { ApiKey, signingSecret } from './api-key.entity.ts';
import { ANY_KEY, KEY_CHANNEL } from './key-channel.ts';

const RECONNECT_MS = 500;
const TOUCH_FLUSH_MS = 30_000;

export async function openKeySource(context: AdminContext, databaseUrl: string, logger: Logger): Promise<KeySource & AsyncDisposable> {
  const listeners = new Set<(keyId: string) => void>();
  const announce = (keyId: string): void => {
    for (const listener of listeners) listener(keyId);
  };
  const listening = await listen(databaseUrl, announce, logger);
  const touches = collectTouches(context, logger);
  return {
    findKey: (keyHash) => findKeyRecord(context, keyHash),
    onKeyChange(listener) {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
    touch: touches.touch,
    async [Symbol.asyncDispose]() {
      await touches[Symbol.asyncDispose]();
      await listening[Symbol.asyncDispose]();
    },
  };
}

async function findKeyRecord({ database, keyRing }: AdminContext, keyHash: string): Promise<KeyRecord | undefined> {
  const em = database.fork();
  const key = await em.findOne(ApiKey, { keyHash });
  if (key === null) return undefined;
  const account = await em.findOneOrFail(Account, { id: key.accountId });
  const plan = await em.findOneOrFail(TierSettings, { name: key.tier });
  const factor = key.mode === 'test' ? TEST_MODE_FACTOR : 1;
  const limitOf = (own: RateLimit | null | undefined, tier: RateLimit): RateLimit => own ?? { ...tier, limit: tier.limit * factor };
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
    limits: { quota: limitOf(key.quota, plan.quota), burst: limitOf(key.burst, plan.burst) },
    signingSecret: signingSecret.open(keyRing, id, key.secretSealed),
    allowedOrigins: account.allowedOrigins,
    expiresAt: key.expiresAt.getTime(),
  };
}

/** A connection of its own that listens, and comes back when it breaks; what it missed meanwhile counts as everything. */
async function listen(databaseUrl: string, announce: (keyId: string) => void, logger: Logger): Promise<AsyncDisposable> {
  let closing = false;
  let client: pg.Client;
  async function connect(): Promise<void> {
    client = new pg.Client({ connectionString: databaseUrl, application_name: 'portico key changes', keepAlive: true });
    // A notification without a payload comes with an empty one.
    client.on('notification', ({ payload }) => announce(payload || ANY_KEY));
    client.on('error', () => {});
    await client.connect();
    await client.query(`listen ${KEY_CHANNEL}`);
    client.once('end', () => void reconnect());
  }
  async function reconnect(): Promise<void> {
    while (!closing) {
      try {
        await connect();
        // Not before: while PostgreSQL is away nothing can change, and gateways go on with what they know.
        announce(ANY_KEY);
        return;
      } catch (err) {
        logger.warn({ err, dependency: 'postgresql' }, 'cannot listen for key changes; trying again');
        await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
      }
    }
  }
  await connect();
  return {
    async [Symbol.asyncDispose]() {
      closing = true;
      await client.end().catch(() => {});
    },
  };
}

/** Gathers when keys were used and writes it in batches: a request costs a Map entry. */
function collectTouches({ database }: AdminContext, logger: Logger): Pick<KeySource, 'touch'> & AsyncDisposable {
  let touched = new Map<string, number>();
  async function flush(): Promise<void> {
    if (touched.size === 0) return;
    const batch = touched;
    touched = new Map();
    await database.run(
      `update access.api_key k set last_used_at = greatest(k.last_used_at, u.used_at)
       from unnest($1::text[], $2::timestamptz[]) as u (id, used_at) where k.id = u.id`,
      [[...batch.keys()], [...batch.values()].map((at) => new Date(at))],
    );
  }
  const loop = startLoop({
    idleMs: TOUCH_FLUSH_MS,
    work: flush,
    onError: (err) => logger.warn({ err }, 'could not note when keys were used'),
  });
  return {
    touch: (keyId, atMs) => void touched.set(keyId, atMs),
    async [Symbol.asyncDispose]() {
      await loop[Symbol.asyncDispose]();
      await flush().catch(() => {});
    },
  };
}
