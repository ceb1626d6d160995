// A connection to NATS that comes back by itself, for ever. Who asks while it is down is told at once: what cannot go out now waits elsewhere.
import { setTimeout as pause } from 'node:timers/promises';
import { connect, type NatsConnection } from 'nats';
import type { Logger } from '../../logger.ts';
import { natsAddress } from './nats-address.ts';

export type NatsLink = AsyncDisposable & {
  /** The connection, when it stands. Throws while it does not. */
  connection(): NatsConnection;
  /** Whether it stands. */
  isUp(): boolean;
  /** Aborted when the connection that stands now breaks. */
  broken(): AbortSignal;
  /** Calls back with the connection once it stands for the first time; subscriptions outlive its later breaks. */
  onceConnected(callback: (connection: NatsConnection) => void): void;
};

const CONNECT_TIMEOUT_MS = 2_000;
const RETRY_MS = 250;
/** A connection that does not answer for two of these counts as broken. */
const PING_MS = 2_000;

export function openNatsLink({ url, name, logger }: { url: string; name: string; logger: Logger }): NatsLink {
  const stop = new AbortController();
  const first = Promise.withResolvers<NatsConnection>();
  first.promise.catch(() => {});
  let current: NatsConnection | undefined;
  let up = false;
  let breaking = new AbortController();
  const watch = async (connection: NatsConnection): Promise<void> => {
    for await (const { type } of connection.status()) {
      if (type === 'disconnect') {
        if (up) logger.warn({ dependency: 'nats' }, 'the connection broke; trying again');
        up = false;
        breaking.abort();
      }
      // A try whose credentials were refused says it too, once one is taken.
      if (type === 'reconnect' && !up) {
        logger.warn({ dependency: 'nats' }, 'connected again');
        up = true;
        breaking = new AbortController();
      }
    }
  };
  const connecting = (async () => {
    for (let tries = 1; !stop.signal.aborted; tries += 1) {
      try {
        current = await connect({
          ...natsAddress(url),
          name,
          timeout: CONNECT_TIMEOUT_MS,
          reconnectTimeWait: RETRY_MS,
          maxReconnectAttempts: -1,
          ignoreAuthErrorAbort: true,
          pingInterval: PING_MS,
          maxPingOut: 2,
        });
        up = true;
        void watch(current);
        first.resolve(current);
        return;
      } catch (err) {
        if (tries === 1) logger.warn({ err, dependency: 'nats' }, 'cannot connect; trying again');
        await pause(RETRY_MS, undefined, { signal: stop.signal }).catch(() => {});
      }
    }
  })();
  return {
    connection() {
      if (current === undefined || !up) throw new Error('NATS is not connected.');
      return current;
    },
    isUp: () => up,
    broken: () => breaking.signal,
    onceConnected: (callback) => void first.promise.then(callback, () => {}),
    async [Symbol.asyncDispose]() {
      stop.abort();
      await connecting;
      first.reject(new Error('The connection to NATS is closed.'));
      await current?.close();
    },
  };
}
