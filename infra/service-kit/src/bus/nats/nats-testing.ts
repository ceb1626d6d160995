// For tests that need a NATS with JetStream: the one that runs already, or one of their own that they may kill.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'nats';

const ANSWERS_WITHIN_MS = 10_000;

/** TEST_NATS_URL, else the usual address when something answers there; undefined for a suite that has to be skipped. */
export async function testNatsUrl(url: string = process.env.TEST_NATS_URL ?? 'nats://127.0.0.1:4222'): Promise<string | undefined> {
  return (await answers(url)) ? url : undefined;
}

/** Whether `startNatsServer` can work here. */
export const hasNatsServer: boolean = spawnSync('nats-server', ['--version'], { stdio: 'ignore' }).status === 0;

export type NatsServer = AsyncDisposable & {
  readonly url: string;
  /** Ends it as a crash would; its store stays. */
  kill(): Promise<void>;
  /** Starts it again at the same address. */
  start(): Promise<void>;
  /** Deletes the store of a server that does not run. */
  deleteStore(): Promise<void>;
};

/** A `nats-server` of the test's own, on a free port, with a store of its own. */
export async function startNatsServer(): Promise<NatsServer> {
  const port = await freePort();
  const url = `nats://127.0.0.1:${port}`;
  const store = await mkdtemp(join(tmpdir(), 'portico-nats-'));
  const start = async (): Promise<ChildProcess> => {
    const child = spawn('nats-server', ['--addr', '127.0.0.1', '--port', String(port), '--jetstream', '--store_dir', store], {
      stdio: 'ignore',
    });
    const until = Date.now() + ANSWERS_WITHIN_MS;
    while (!(await answers(url))) if (Date.now() > until) throw new Error(`nats-server does not answer at ${url}.`);
    return child;
  };
  let running = await start();
  const kill = async (): Promise<void> => {
    if (running.exitCode !== null || running.signalCode !== null) return;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGKILL');
    await ended;
  };
  return {
    url,
    kill,
    async start() {
      await kill();
      running = await start();
    },
    deleteStore: () => rm(store, { recursive: true, force: true }),
    async [Symbol.asyncDispose]() {
      await kill();
      await rm(store, { recursive: true, force: true });
    },
  };
}

async function answers(url: string): Promise<boolean> {
  try {
    const connection = await connect({ servers: url, timeout: 500, reconnect: false });
    await (await connection.jetstreamManager()).getAccountInfo();
    await connection.close();
    return true;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return address.port;
}
