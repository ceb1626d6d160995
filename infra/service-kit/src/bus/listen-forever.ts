// One connection that hears PostgreSQL's notifications, and comes back when it breaks or hangs. A connection that hangs cannot be told from a
// slow one by waiting a short time. So one that is silent gets a rival: another connection, which has more to do until it listens. When the
// rival is there first, the silent one has missed something; when the silent one answers first, it was slow, or this program was.
import pg from 'pg';
import { createPause } from '../lifecycle.ts';
import type { Logger } from '../logger.ts';
import { createOutage } from '../outage.ts';
import { endClient } from './end-client.ts';

export type ListenOptions = {
  databaseUrl: string;
  channels: readonly string[];
  logger: Logger;
  onNotification(channel: string, payload: string): void;
  /** The connection was away, and is back. */
  onMissed(): void;
  /** It listens and has just answered. */
  onHeard?(): void;
};

const RECONNECT_MS = 500;
const CONNECT_MS = 2_000;
/**
 * A connection is asked so often whether it still hears, and gets a rival when it has not answered by then. What was said while it hung is acted
 * on after at most twice this time, what a connection takes, and the grace below: within a second. The answer to a question comes behind all news
 * before it.
 */
const PROBE_MS = 250;
/** What a silent connection is given beside its rival: on a busy machine both answers wait for the same processor. */
const GRACE_MS = 100;

/** `isSilent`: asked, and not answered yet. */
type Ear = { readonly client: pg.Client; hasEnded: boolean; isSilent: boolean };

/** Rejects when PostgreSQL cannot be reached now; later breaks heal by themselves. */
export async function listenForever(options: ListenOptions): Promise<AsyncDisposable> {
  const { logger, onMissed, onHeard = () => {} } = options;
  const outage = createOutage({
    logger,
    fields: { dependency: 'postgresql' },
    began: 'cannot listen for changes; trying again',
    ended: 'listening for changes again',
  });
  let isClosing = false;
  const { wait: rest, end: wake } = createPause();
  const open = (): Promise<Ear> => openEar(options, (ended) => ended === listening && wake());
  let listening: Ear | undefined;

  async function watch(first: Ear): Promise<void> {
    let ear = first;
    while (!isClosing) {
      listening = ear;
      ask(ear, onHeard);
      if (!ear.hasEnded) await rest(PROBE_MS);
      if (isClosing || !isLost(ear)) continue;
      try {
        const rival = await open();
        outage.over();
        if (isLost(ear) && !ear.hasEnded) await rest(GRACE_MS);
        ear = betterOf(ear, rival);
      } catch (err) {
        outage.failed(err);
        await rest(RECONNECT_MS);
      }
    }
    await endClient(ear.client);
  }

  function betterOf(ear: Ear, rival: Ear): Ear {
    void endClient(isLost(ear) ? ear.client : rival.client);
    if (!isLost(ear)) return ear;
    // Not before: while PostgreSQL is away nothing can change, and programs go on with what they know.
    onMissed();
    return rival;
  }

  const watching = watch(await open());
  return {
    async [Symbol.asyncDispose]() {
      isClosing = true;
      wake();
      await watching;
    },
  };
}

function isLost({ hasEnded, isSilent }: Ear): boolean {
  return hasEnded || isSilent;
}

/** Asks whether it still hears, unless an answer is still to come. */
function ask(ear: Ear, onHeard: () => void): void {
  if (ear.isSilent || ear.hasEnded) return;
  ear.isSilent = true;
  ear.client.query('select 1').then(
    () => {
      ear.isSilent = false;
      onHeard();
    },
    // It stays silent, or has ended.
    () => {},
  );
}

async function openEar({ databaseUrl, channels, onNotification }: ListenOptions, onEnd: (ear: Ear) => void): Promise<Ear> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: 'portico changes',
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
  });
  const ear: Ear = { client, hasEnded: false, isSilent: false };
  client.on('notification', ({ channel, payload }) => onNotification(channel, payload ?? ''));
  client.on('error', () => {});
  client.once('end', () => {
    ear.hasEnded = true;
    onEnd(ear);
  });
  try {
    await client.connect();
    // pg's types do not know that a single statement may have a time of its own.
    for (const channel of channels) await client.query({ text: `listen ${channel}`, query_timeout: CONNECT_MS } as pg.QueryConfig);
  } catch (error) {
    await endClient(client);
    throw error;
  }
  return ear;
}
