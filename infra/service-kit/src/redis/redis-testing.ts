// For tests that need a Redis: the one that runs already, or one of their own that they may kill.
import { Redis } from 'ioredis';
import { isOnPath, startTestServer, type TestServer } from '../testing-server.ts';

/** TEST_REDIS_URL, else the usual address when something answers there; undefined for a suite that has to be skipped. */
export async function testRedisUrl(url: string = process.env.TEST_REDIS_URL ?? 'redis://127.0.0.1:6379'): Promise<string | undefined> {
  return (await answers(url)) ? url : undefined;
}

/** Whether `startRedisServer` can work here. */
export const hasRedisServer: boolean = isOnPath('redis-server');

/** A `redis-server` of the test's own, on a free port, without persistence: started again it is empty. */
export function startRedisServer(): Promise<TestServer> {
  return startTestServer({
    command: 'redis-server',
    argumentsFor: (port) => ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
    url: (port) => `redis://127.0.0.1:${port}`,
    answers,
  });
}

/** Where nobody listens a connection is refused at once; a server on a busy machine may take its time. */
const PATIENT_MS = 5_000;

async function answers(url: string): Promise<boolean> {
  const redis = new Redis(url, { lazyConnect: true, connectTimeout: PATIENT_MS, maxRetriesPerRequest: 0, retryStrategy: () => null });
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
