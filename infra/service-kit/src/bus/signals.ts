// Short news for every process at once, as long as it lives: this changed, forget what you know of it. PostgreSQL's NOTIFY carries it, in
// the transaction that made the change true. Whoever hears it there passes it on over NATS, when there is one, so that a process whose own
// connection to PostgreSQL hangs hears it too; and each works alone while the other is down. What comes twice is acted on once. To whom neither is
// to be heard for a minute, everything has changed.
import type { EntityManager } from '@mikro-orm/postgresql';
import { ANYTHING } from '@portico/contracts/access-records';
import { LRUCache } from 'lru-cache';
import type { NatsConnection } from 'nats';
import type { Logger } from '../logger.ts';
import { listenForever } from './listen-forever.ts';
import { openNatsLink } from './nats/nats-connection.ts';
import { watchHearing } from './watch-hearing.ts';

export type Signals<Channel extends string> = AsyncDisposable & {
  /** Calls back with the id of what changed, or ANYTHING. */
  on(channel: Channel, listener: (id: string) => void): Disposable;
};

export type SignalsOptions<Channel extends string> = {
  databaseUrl: string;
  natsUrl?: string | undefined;
  channels: readonly Channel[];
  logger: Logger;
  /** Keeps platforms apart that share a NATS server. */
  namespace?: string;
  /** After so long without PostgreSQL and without NATS everything counts as changed, and each time it has passed again. */
  deafMs?: number;
};

/** Tells every process when the transaction commits. The transaction's id tells this signal from the next of the same id. */
export async function announce(em: EntityManager, channel: string, id: string): Promise<void> {
  await em.execute(`select pg_notify(?, ? || ' ' || pg_current_xact_id())`, [channel, id]);
}

const REMEMBERED = 10_000;
/** As long as a withdrawn signing key is good where nobody tells. */
const DEAF_MS = 60_000;

/** Rejects when PostgreSQL cannot be reached now; later breaks heal by themselves, and what was missed meanwhile counts as everything. */
export async function openSignals<Channel extends string>(options: SignalsOptions<Channel>): Promise<Signals<Channel>> {
  const { databaseUrl, natsUrl, channels, logger, namespace = 'portico', deafMs = DEAF_MS } = options;
  const listeners = new Map<string, Set<(id: string) => void>>(channels.map((channel) => [channel, new Set<(id: string) => void>()]));
  const heard = new LRUCache<string, true>({ max: REMEMBERED });
  const tell = (channel: string, id: string): void => {
    for (const listener of listeners.get(channel) ?? []) listener(id);
  };
  /** Whether it was news. A payload without a transaction was not sent by `announce`, and cannot be told from its like. */
  const hear = (channel: string, payload: string): boolean => {
    const [id = '', transaction] = payload.split(' ');
    const key = `${channel} ${payload}`;
    if (transaction !== undefined && heard.has(key)) return false;
    heard.set(key, true);
    tell(channel, id === '' ? ANYTHING : id);
    return true;
  };
  const tellAll = (): void => {
    for (const channel of channels) tell(channel, ANYTHING);
  };
  await using opened = new AsyncDisposableStack();
  const link = natsUrl === undefined ? undefined : opened.use(openNatsLink({ url: natsUrl, name: 'portico signals', logger }));
  const subjects = `${namespace}.signals`;
  link?.onceConnected((connection) => subscribe(connection, subjects, hear));
  const passOn = (channel: string, payload: string): void => {
    try {
      link?.connection().publish(`${subjects}.${channel}`, payload);
    } catch {
      // NATS is down: every process hears it from PostgreSQL.
    }
  };
  const hearing = opened.use(watchHearing({ deafMs, alsoHears: () => link?.isUp() === true, onDeaf: tellAll }));
  opened.use(
    await listenForever({
      databaseUrl,
      channels,
      logger,
      onNotification: (channel, payload) => {
        if (hear(channel, payload)) passOn(channel, payload);
      },
      onMissed: tellAll,
      onHeard: hearing.heard,
    }),
  );
  const kept = opened.move();
  return {
    on(channel, listener) {
      const set = listeners.get(channel);
      if (set === undefined) throw new Error(`Nobody listens to ${channel}.`);
      set.add(listener);
      return { [Symbol.dispose]: () => void set.delete(listener) };
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

function subscribe(connection: NatsConnection, subjects: string, hear: (channel: string, payload: string) => void): void {
  connection.subscribe(`${subjects}.*`, {
    callback: (error, message) => {
      if (error === null) hear(message.subject.slice(subjects.length + 1), message.string());
    },
  });
}
