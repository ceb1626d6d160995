// For tests that need a Redis: the one that runs already, or one of their own that they may kill.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { Redis } from 'ioredis';

const ANSWERS_WITHIN_MS = 5_000;

/** TEST_REDIS_URL, else the usual address when something answers there; undefined for a suite that has to be skipped. */
export async function testRedisUrl(url: string = process.env.TEST_REDIS_URL ?? 'redis://127.0.0.1:6379'): Promise<string | undefined> {
  return (await answers(url)) ? url : undefined;
}

/** Whether `startRedisServer` can work here. */
export const hasRedisServer: boolean = spawnSync('redis-server', ['--version'], { stdio: 'ignore' }).status === 0;

export type RedisServer = AsyncDisposable & {
  readonly url: string;
  /** Ends it as a crash would: nothing is kept. */
  kill(): Promise<void>;
  /** Starts it again, empty, at the same address. */
  restart(): Promise<void>;
  /** Lets it stand still, with its connections open, or go on. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void;
};

/** A `redis-server` of the test's own, on a free port, without persistence. */
export async function startRedisServer(): Promise<RedisServer> {
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const start = async (): Promise<ChildProcess> => {
    const child = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'], {
      stdio: 'ignore',
    });
    const until = Date.now() + ANSWERS_WITHIN_MS;
    while (!(await answers(url))) if (Date.now() > until) throw new Error(`redis-server does not answer at ${url}.`);
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
    async restart() {
      await kill();
      running = await start();
    },
    signal: (name) => void running.kill(name),
    [Symbol.asyncDispose]: kill,
  };
}

async function answers(url: string): Promise<boolean> {
  const redis = new Redis(url, { lazyConnect: true, connectTimeout: 500, maxRetriesPerRequest: 0, retryStrategy: () => null });
  redis.on('error', () => {});
  try {
    await redis.connect();
    await redis.ping();
    return true;
  } catch {
    return false;
  } finally {
    redis.disconnect();
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
