// One connection that hears PostgreSQL's notifications, and comes back when it breaks or hangs.
import pg from 'pg';
import type { Logger } from '../logger.ts';
import { endClient } from './end-client.ts';

export type ListenOptions = {
  databaseUrl: string;
  channels: readonly string[];
  logger: Logger;
  onNotification(channel: string, payload: string): void;
  /** The connection was away, and is back. */
  onMissed(): void;
};

const RECONNECT_MS = 500;
/** A connection that listens is asked this often whether it still hears, and counts as broken when it does not answer as quickly. */
const PROBE_MS = 2_000;

/** Rejects when PostgreSQL cannot be reached now; later breaks heal by themselves. */
export async function listenForever({ databaseUrl, channels, logger, onNotification, onMissed }: ListenOptions): Promise<AsyncDisposable> {
  let closing = false;
  let close = async (): Promise<void> => {};
  async function listen(): Promise<void> {
    const client = new pg.Client({
      connectionString: databaseUrl,
      application_name: 'portico changes',
      connectionTimeoutMillis: PROBE_MS,
      query_timeout: PROBE_MS,
      keepAlive: true,
    });
    client.on('notification', ({ channel, payload }) => onNotification(channel, payload ?? ''));
    client.on('error', () => {});
    try {
      await client.connect();
      for (const channel of channels) await client.query(`listen ${channel}`);
    } catch (error) {
      await endClient(client);
      throw error;
    }
    if (closing) return endClient(client);
    const broken = Promise.withResolvers<void>();
    client.once('end', broken.resolve);
    const probe = setInterval(() => client.query('select 1').catch(broken.resolve), PROBE_MS);
    close = async () => {
      clearInterval(probe);
      await endClient(client);
    };
    void broken.promise.then(() => {
      clearInterval(probe);
      if (closing) return;
      void endClient(client);
      void comeBack();
    });
  }
  async function comeBack(): Promise<void> {
    while (!closing) {
      try {
        await listen();
        // Not before: while PostgreSQL is away nothing can change, and programs go on with what they know.
        onMissed();
        return;
      } catch (err) {
        logger.warn({ err, dependency: 'postgresql' }, 'cannot listen for changes; trying again');
        await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
      }
    }
  }
  await listen();
  return {
    async [Symbol.asyncDispose]() {
      closing = true;
      await close();
    },
  };
}
