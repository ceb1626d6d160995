import { Redis } from 'ioredis';
import type { Check } from './check.ts';

const MIN_MAJOR_VERSION = 7;

/** Whether a Redis answers there and is new enough. */
export async function checkRedis(url: string, timeoutMs: number): Promise<Check> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: timeoutMs,
    commandTimeout: timeoutMs,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  let reason = 'no answer';
  redis.on('error', (error: Error) => {
    reason = error.message || reason;
  });
  try {
    await redis.connect();
    const version = /redis_version:(\S+)/.exec(await redis.info('server'))?.[1] ?? 'of unknown version';
    const old = Number.parseInt(version, 10) < MIN_MAJOR_VERSION;
    return old
      ? { ok: false, problem: `Redis ${version} answers; ${MIN_MAJOR_VERSION} or newer is needed` }
      : { ok: true, detail: `Redis ${version}` };
  } catch {
    return { ok: false, problem: `Redis does not answer: ${reason}` };
  } finally {
    redis.disconnect();
  }
}
