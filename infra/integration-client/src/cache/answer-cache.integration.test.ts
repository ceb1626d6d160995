import { randomBytes, randomUUID } from 'node:crypto';
import { openRedis, type RedisConnection } from '@portico/service-kit/redis/redis';
import { hasRedisServer, startRedisServer } from '@portico/service-kit/redis/redis-testing';
import { createKeyRing } from '@portico/service-kit/sealing/key-ring';
import type { TestServer } from '@portico/service-kit/testing-server';
import { afterEach, describe, expect, it } from 'vitest';
import { type AnswerCache, type AnswerCacheOptions, openAnswerCache } from './answer-cache.ts';

const POLICY = { ttlMs: 300_000, staleMs: 3_600_000 };
const ring = (version: number): string => `${version}:${randomBytes(32).toString('base64')}`;

let opened = new AsyncDisposableStack();
afterEach(async () => {
  await opened.disposeAsync();
  opened = new AsyncDisposableStack();
});

const connect = async (url: string): Promise<RedisConnection> =>
  opened.use(await openRedis({ url, timeoutMs: 10_000, onChange: () => {} }));

async function fleet(
  count: number,
  options: Partial<AnswerCacheOptions> = {},
): Promise<{ server: TestServer; redis: RedisConnection; caches: AnswerCache[]; clock: { at: number } }> {
  const server = opened.use(await startRedisServer());
  const redis = await connect(server.url);
  const clock = { at: 1_700_000_000_000 };
  const caches = Array.from({ length: count }, () => opened.use(openAnswerCache({ redis, now: () => clock.at, ...options })));
  return { server, redis, caches, clock };
}

const never = async (): Promise<never> => {
  throw new Error('The provider was asked.');
};

describe.skipIf(!hasRedisServer)('the cache of a fleet (needs redis-server)', () => {
  it('gives every process what one has got, with its age', async () => {
    const { caches, clock } = await fleet(2);
    await caches[0]?.through('k', POLICY, {}, async () => 'a');
    clock.at += 1_000;
    expect(await caches[1]?.through('k', POLICY, {}, never)).toEqual({ value: 'a', cached: true, stale: false, ageMs: 1_000 });
  });

  it('asks again when the process that asked has died', async () => {
    const { redis, caches } = await fleet(1);
    await redis.client.set('integration:answer-lease:k', randomUUID(), 'PX', 200);
    expect(await caches[0]?.through('k', POLICY, {}, async () => 'a')).toMatchObject({ value: 'a', cached: false });
  });

  it('renews its turn while a provider is slow', async () => {
    const { redis, caches } = await fleet(2);
    const { promise, resolve } = Promise.withResolvers<string>();
    const first = caches[0]?.through('k', POLICY, {}, () => promise);
    await expect.poll(() => redis.client.exists('integration:answer-lease:k')).toBe(1);
    // A renewal gives it two seconds again, whatever it had: one that is nearly over would be over when this process is held up.
    await redis.client.pexpire('integration:answer-lease:k', 60_000);
    await expect.poll(() => redis.client.pttl('integration:answer-lease:k')).toBeLessThanOrEqual(2_000);
    const second = caches[1]?.through('k', POLICY, {}, never);
    resolve('a');
    expect((await Promise.all([first, second])).map((answer) => answer?.value)).toEqual(['a', 'a']);
  });

  it('lets every process ask for itself what may not be kept', async () => {
    const { caches } = await fleet(2);
    const value = { status: 200, headers: { 'cache-control': 'no-store' } };
    const { promise, resolve } = Promise.withResolvers<typeof value>();
    let asked = 0;
    const load = (): Promise<typeof value> => {
      asked += 1;
      return promise;
    };
    const answers = Promise.all(caches.map((cache) => cache.through('k', POLICY, {}, load)));
    await expect.poll(() => asked).toBe(1);
    resolve(value);
    expect(await answers).toEqual(Array(2).fill({ value, cached: false, stale: false, ageMs: 0 }));
    expect(asked).toBe(2);
  });

  it("sees another process's newer answer within five seconds", async () => {
    const { redis, caches, clock } = await fleet(2);
    await caches[0]?.through('k', POLICY, {}, async () => 'old');
    clock.at += 1_000;
    await redis.client.set('integration:answer:k', `p${clock.at}:"new"`);
    clock.at += 3_999;
    expect((await caches[0]?.through('k', POLICY, {}, never))?.value).toBe('old');
    clock.at += 1;
    expect((await caches[0]?.through('k', POLICY, {}, never))?.value).toBe('new');
  });

  it('keeps personal data in Redis sealed, readable to the fleet and bound to its key', async () => {
    const { redis, caches } = await fleet(2, { keyRing: createKeyRing(ring(1)) });
    const policy = { ...POLICY, personal: true };
    await caches[0]?.through('k', policy, {}, async () => ({ email: 'canary@example.com' }));
    const sealed = (await redis.client.get('integration:answer:k')) ?? '';
    expect(sealed).toMatch(/^s\d+:1\./);
    expect(sealed).not.toContain('canary');
    expect((await caches[1]?.through('k', policy, {}, never))?.value).toEqual({ email: 'canary@example.com' });
    await redis.client.set('integration:answer:moved', sealed);
    expect((await caches[1]?.through('moved', policy, {}, async () => 'own'))?.value).toBe('own');
  });

  it('seals what no schema says is personal too, for an answer may hold what its schema does not name', async () => {
    const { redis, caches } = await fleet(2, { keyRing: createKeyRing(ring(1)) });
    await caches[0]?.through('k', POLICY, {}, async () => ({ id: 1, undeclared: 'canary@example.com' }));
    expect(await redis.client.get('integration:answer:k')).toMatch(/^s\d+:1\.[^:]+$/);
    expect((await caches[1]?.through('k', POLICY, {}, never))?.value).toEqual({ id: 1, undeclared: 'canary@example.com' });
  });

  it('keeps personal data out of Redis when it has no key', async () => {
    const { redis, caches } = await fleet(1);
    const policy = { ...POLICY, personal: true };
    await caches[0]?.through('k', policy, {}, async () => 'canary');
    expect(await redis.client.get('integration:answer:k')).toBe(null);
    expect(await caches[0]?.through('k', policy, {}, never)).toMatchObject({ value: 'canary', cached: true });
  });

  it.each(['', 'garbage', 'p1:{half', 's1:1.AAAA', 'p99999999999999999999:1'])('takes %j in Redis for nothing', async (garbage) => {
    const { redis, caches } = await fleet(1, { keyRing: createKeyRing(ring(1)) });
    await redis.client.set('integration:answer:k', garbage);
    expect(await caches[0]?.through('k', POLICY, {}, async () => 'a')).toMatchObject({ value: 'a', cached: false });
  });

  it('answers without Redis when it dies, before and during a load', async () => {
    const { server, caches, clock } = await fleet(1);
    await caches[0]?.through('k', POLICY, {}, async () => 'a');
    const during = caches[0]?.through('other', POLICY, {}, async () => {
      await server.kill();
      return 'b';
    });
    expect((await during)?.value).toBe('b');
    clock.at += 6_000;
    expect(await caches[0]?.through('k', POLICY, {}, never)).toMatchObject({ value: 'a', cached: true });
    expect(await caches[0]?.through('third', POLICY, {}, async () => 'c')).toMatchObject({ value: 'c' });
  });
});
