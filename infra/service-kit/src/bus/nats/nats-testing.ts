// For tests that need a NATS with JetStream: the one that runs already, or one of their own that they may kill.
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'nats';
import { isOnPath, startTestServer, type TestServer } from '../../testing-server.ts';
import { natsAddress } from './nats-address.ts';

/** TEST_NATS_URL, else the usual address when something answers there; undefined for a suite that has to be skipped. */
export async function testNatsUrl(url: string = process.env.TEST_NATS_URL ?? 'nats://127.0.0.1:4222'): Promise<string | undefined> {
  return (await answers(url)) ? url : undefined;
}

/** Whether `startNatsServer` can work here. */
export const hasNatsServer: boolean = isOnPath('nats-server');

export type NatsServer = TestServer & {
  /** Deletes the store of a server that does not run. */
  deleteStore(): Promise<void>;
  /** Copies the store of a server that does not run. What it answers puts the copy in the place of a later store, as often as it is called. */
  copyStore(): Promise<() => Promise<void>>;
};

/** A `nats-server` of the test's own, on a free port, with a store of its own that outlives a kill. */
export async function startNatsServer(): Promise<NatsServer> {
  const store = await mkdtemp(join(tmpdir(), 'portico-nats-'));
  const copy = `${store}-copy`;
  const deleteStore = (): Promise<void> => rm(store, { recursive: true, force: true });
  const server = await startTestServer({
    command: 'nats-server',
    argumentsFor: (port) => ['--addr', '127.0.0.1', '--port', String(port), '--jetstream', '--store_dir', store],
    url: (port) => `nats://127.0.0.1:${port}`,
    answers,
  });
  return {
    ...server,
    deleteStore,
    async copyStore() {
      await cp(store, copy, { recursive: true });
      return async () => {
        await deleteStore();
        await cp(copy, store, { recursive: true });
      };
    },
    async [Symbol.asyncDispose]() {
      await server.kill();
      await deleteStore();
      await rm(copy, { recursive: true, force: true });
    },
  };
}

/** Where nobody listens a connection is refused at once; a server on a busy machine may take its time. */
const PATIENT_MS = 5_000;

async function answers(url: string): Promise<boolean> {
  try {
    const connection = await connect({ ...natsAddress(url), timeout: PATIENT_MS, reconnect: false });
    await (await connection.jetstreamManager()).getAccountInfo();
    await connection.close();
    return true;
  } catch {
    return false;
  }
}
