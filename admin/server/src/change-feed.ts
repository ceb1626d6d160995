// What changed, as PostgreSQL's NOTIFY tells it: sent by the transaction that made the change, heard on one connection of its own.
import type { EntityManager } from '@mikro-orm/postgresql';
import { ANYTHING } from '@portico/contracts/access-records';
import type { Logger } from '@portico/service-kit/logger';
import pg from 'pg';

/** Channel on which the ids of changed keys are announced. */
export const KEY_CHANNEL = 'access_key';
/** The same for clients, tokens, families and signing keys. */
export const TOKEN_CHANNEL = 'access_token';
const CHANNELS = [KEY_CHANNEL, TOKEN_CHANNEL] as const;
type Channel = (typeof CHANNELS)[number];

/** Tells the gateways when the transaction commits. */
export async function announceChange(em: EntityManager, channel: Channel, id: string): Promise<void> {
  await em.execute('select pg_notify(?, ?)', [channel, id]);
}

/** For a change that any credential may show: of an account, of a tier. */
export async function announceEveryCredential(em: EntityManager): Promise<void> {
  for (const channel of CHANNELS) await announceChange(em, channel, ANYTHING);
}

const RECONNECT_MS = 500;

export type ChangeFeed = AsyncDisposable & {
  /** Calls back with the id of what changed, or ANYTHING. */
  on(channel: Channel, listener: (id: string) => void): Disposable;
};

/** A connection that listens, and comes back when it breaks; what it missed meanwhile counts as everything. */
export async function openChangeFeed(databaseUrl: string, logger: Logger): Promise<ChangeFeed> {
  const listeners = new Map<string, Set<(id: string) => void>>(CHANNELS.map((channel) => [channel, new Set<(id: string) => void>()]));
  const announce = (channel: string, id: string): void => {
    for (const listener of listeners.get(channel) ?? []) listener(id);
  };
  let closing = false;
  let client: pg.Client;
  async function connect(): Promise<void> {
    client = new pg.Client({ connectionString: databaseUrl, application_name: 'portico changes', keepAlive: true });
    // A notification without a payload comes with an empty one.
    client.on('notification', ({ channel, payload }) => announce(channel, payload || ANYTHING));
    client.on('error', () => {});
    await client.connect();
    for (const channel of CHANNELS) await client.query(`listen ${channel}`);
    client.once('end', () => void reconnect());
  }
  async function reconnect(): Promise<void> {
    while (!closing) {
      try {
        await connect();
        // Not before: while PostgreSQL is away nothing can change, and gateways go on with what they know.
        for (const channel of CHANNELS) announce(channel, ANYTHING);
        return;
      } catch (err) {
        logger.warn({ err, dependency: 'postgresql' }, 'cannot listen for changes; trying again');
        await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
      }
    }
  }
  await connect();
  return {
    on(channel, listener) {
      const set = listeners.get(channel);
      if (set === undefined) throw new Error(`The feed does not listen to ${channel}.`);
      set.add(listener);
      return { [Symbol.dispose]: () => void set.delete(listener) };
    },
    async [Symbol.asyncDispose]() {
      closing = true;
      await client.end().catch(() => {});
    },
  };
}
