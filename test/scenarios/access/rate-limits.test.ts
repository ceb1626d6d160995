import { gatewayConfig } from '@portico/mesh/config';
import { hasRedisServer, startRedisServer } from '@portico/service-kit/redis/redis-testing';
import type { TestServer } from '@portico/service-kit/testing-server';
import { within } from '@portico/service-kit/testing-stopwatch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Key } from '../../stack/credentials.ts';
import { longWindow } from '../../stack/out-of-reach.ts';
import { type Reply, send } from '../../stack/send.ts';
import { type Stack, startStack, TOPOLOGIES } from '../../stack/start-stack.ts';

type Failure = { error: { code: string; message: string; retryAfter: number } };
const TARGET = '/api/v1/products?fields=id';
const LONG = longWindow();

const shownBy = ({ headers }: Reply) => ({
  limit: Number(headers.get('x-ratelimit-limit')),
  remaining: Number(headers.get('x-ratelimit-remaining')),
  reset: Number(headers.get('x-ratelimit-reset')),
});

/** An answer names seconds, whole ones: the moment it was given at is between the test's own, to a second. */
function expectWasMeanwhile(second: number, begunAt: number): void {
  expect(second).toBeGreaterThanOrEqual(begunAt / 1_000 - 1);
  expect(second).toBeLessThanOrEqual(Date.now() / 1_000 + 1);
}

describe.each(TOPOLOGIES)('rate limits, %s', (topology) => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack({ topology, shared: true, env: { CORS_ORIGINS: 'https://shop.example' } });
  });
  afterAll(() => stack?.[Symbol.asyncDispose]());

  const ask = (key: Key, target = TARGET): Promise<Reply> => send(stack, 'GET', target, { key });

  it('are shown on every answer to somebody who is known, whatever it says', async () => {
    const key = await stack.key({ scopes: ['products:read'], quota: { limit: 50, windowSeconds: LONG } });
    const begunAt = Date.now();
    const first = await ask(key);
    const etag = first.headers.get('etag') ?? '';
    const replies = [
      first,
      await ask(key),
      await send(stack, 'GET', TARGET, { key, headers: { 'if-none-match': etag } }),
      await ask(key, '/api/v1/products/prod_none'),
      await ask(key, '/api/v1/products?page=0'),
      await ask(key, '/api/v1/orders'),
      await send(stack, 'HEAD', TARGET, { key }),
    ];
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 304, 404, 400, 403, 200]);
    expect(replies.map((reply) => shownBy(reply).remaining)).toEqual([49, 48, 47, 46, 45, 44, 43]);
    for (const reply of replies) {
      const { limit, remaining, reset } = shownBy(reply);
      expect([limit, reset % LONG]).toEqual([50, 0]);
      const [quota, ...others] = reply.headers.get('ratelimit-policy')?.split(', ') ?? [];
      expect([quota, others.join()]).toEqual([
        `"quota";q=50;w=${LONG}`,
        expect.stringMatching(/^"burst";q=100000000;w=60,"\w+";q=\d+;w=60$/),
      ]);
      const [, left, seconds] = /^"quota";r=(\d+);t=(\d+)$/.exec(reply.headers.get('ratelimit') ?? '') ?? [];
      expect(Number(left)).toBe(remaining);
      expectWasMeanwhile(reset - Number(seconds), begunAt);
    }
  });

  it('are not shown to those who are not known, and public routes need none', async () => {
    for (const [target, status] of [
      ['/api/health', 200],
      ['/api/v1/openapi.json', 200],
      [TARGET, 401],
    ] as const) {
      const reply = await send(stack, 'GET', target);
      expect([reply.status, reply.headers.get('x-ratelimit-limit'), reply.headers.get('ratelimit')]).toEqual([status, null, null]);
    }
  });

  it('can be read by pages of an allowed origin', async () => {
    const { headers } = await send(stack, 'GET', TARGET, { key: await stack.key(), headers: { origin: 'https://shop.example' } });
    expect(headers.get('access-control-expose-headers')?.split(', ')).toEqual(
      expect.arrayContaining([
        'RateLimit',
        'RateLimit-Policy',
        'Retry-After',
        'X-RateLimit-Limit',
        'X-RateLimit-Remaining',
        'X-RateLimit-Reset',
      ]),
    );
  });

  it('of a tier hold without further ado, ten times as wide in test mode', async () => {
    const own = { quota: null, burst: null };
    const policies = [];
    for (const options of [{ mode: 'live' }, { mode: 'test' }, { mode: 'live', tier: 'free' }] as const)
      policies.push((await ask(await stack.key({ ...own, ...options }), '/api/v1/orders?fields=id')).headers.get('ratelimit-policy'));
    expect(policies).toEqual([
      '"quota";q=1000;w=3600, "burst";q=100;w=60, "listOrders";q=300;w=60',
      '"quota";q=10000;w=3600, "burst";q=1000;w=60, "listOrders";q=3000;w=60',
      '"quota";q=100;w=3600, "burst";q=100;w=60, "listOrders";q=300;w=60',
    ]);
  });

  it('refuse what is too much with 429, a time to wait, and the reason', async () => {
    const key = await stack.key({ quota: { limit: 20, windowSeconds: LONG } });
    const begunAt = Date.now();
    const replies = await Promise.all(Array.from({ length: 60 }, () => ask(key)));
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(20);
    const refused = replies.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(40);
    for (const reply of refused) {
      const { error } = reply.body as Failure;
      const retryAfter = Number(reply.headers.get('retry-after'));
      expect(error).toMatchObject({ code: 'RATE_LIMIT_EXCEEDED', retryAfter, message: expect.stringContaining('quota') });
      expect(shownBy(reply)).toMatchObject({ limit: 20, remaining: 0 });
      expectWasMeanwhile(shownBy(reply).reset - retryAfter, begunAt);
    }
    expect((await ask(await stack.key())).status).toBe(200);
    const metrics = await (await fetch(`${stack.internalUrl}/metrics`)).text();
    expect(Number(/^portico_rate_limit_refusals_total\{limit="quota"\} (\d+)$/m.exec(metrics)?.[1])).toBeGreaterThanOrEqual(40);
  });

  it('let requests through again from X-RateLimit-Reset on, and not before', async () => {
    const key = await stack.key({ quota: { limit: 1, windowSeconds: 2 } });
    // Two requests, the second in the window of the first; a window may end in between.
    let refused = await ask(key);
    while (refused.status === 200) refused = await ask(key);
    expect(refused.status).toBe(429);
    const resetAt = shownBy(refused).reset * 1_000;
    const soonAfter = resetAt - Date.now() + 2_000;
    await within(soonAfter, () => expect.poll(async () => (await ask(key)).status, { interval: 10 }).toBe(200));
    expect(Date.now()).toBeGreaterThanOrEqual(resetAt);
  });

  it('of a route hold for that route alone', async () => {
    const key = await stack.key({ mode: 'live', quota: null, burst: null });
    const replies = await Promise.all(Array.from({ length: 90 }, () => ask(key, '/api/v1/search?q=mug')));
    // A minute may end in between; then there are two of them.
    for (const inWindow of Map.groupBy(replies, (reply) => shownBy(reply).reset).values()) {
      expect(inWindow.filter(({ status }) => status === 200)).toHaveLength(Math.min(60, inWindow.length));
      for (const { body } of inWindow.filter(({ status }) => status === 429))
        expect((body as Failure).error.message).toBe('The limit search allows 60 requests in 60 seconds.');
    }
    expect((await ask(key)).status).toBe(200);
  });
});

describe.each(TOPOLOGIES)('an address that guesses, %s', (topology) => {
  it('is refused before its signature is looked at, after 30 failures; requests that succeed do not count', async () => {
    const { FAILED_AUTHENTICATIONS_PER_MINUTE: usual } = gatewayConfig.parse({});
    await using stack = await startStack({ topology, shared: true, env: { FAILED_AUTHENTICATIONS_PER_MINUTE: String(usual) } });
    const key = await stack.key();
    const right = (): Promise<Reply> => send(stack, 'GET', TARGET, { key });
    const wrong = (): Promise<Reply> => send(stack, 'GET', TARGET, { key: { ...key, secret: 'sk_other' } });
    for (let i = 0; i < 40; i += 1) expect((await right()).status).toBe(200);
    const guesses = await Promise.all(Array.from({ length: 50 }, wrong));
    expect(guesses.filter(({ status }) => status === 401)).toHaveLength(30);
    expect(guesses.filter(({ status }) => status === 429)).toHaveLength(20);
    const blocked = await right();
    expect([blocked.status, (blocked.body as Failure).error.code]).toEqual([429, 'RATE_LIMIT_EXCEEDED']);
    expect(Number(blocked.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(blocked.headers.get('retry-after'))).toBeLessThanOrEqual(60);
    expect((await send(stack, 'GET', '/api/health')).status).toBe(200);
  });
});

describe.each(TOPOLOGIES)('an address that nobody vouches for, %s', (topology) => {
  it('is limited in what it asks for that is not there, and is not refused what is', async () => {
    await using stack = await startStack({ topology, shared: true });
    const key = await stack.key();
    const strays = await Promise.all(
      Array.from({ length: 660 }, (_, i) =>
        send(stack, ['GET', 'OPTIONS', 'PATCH'][i % 3] ?? '', i % 3 === 0 ? `/nothing/${i}` : '/api/v1/orders'),
      ),
    );
    const count = (status: number): number => strays.filter((reply) => reply.status === status).length;
    // A minute begins with the first of them.
    expect([count(404) + count(204) + count(405), count(429)]).toEqual([600, 60]);
    for (const { body, headers } of strays.filter(({ status }) => status === 429))
      expect([(body as Failure).error.code, Number(headers.get('retry-after')) > 0]).toEqual(['RATE_LIMIT_EXCEEDED', true]);
    expect([(await send(stack, 'GET', TARGET, { key })).status, (await send(stack, 'GET', '/api/health')).status]).toEqual([200, 200]);
  });
});

// A busy machine makes Redis slow; that the gateways then count apart is proved beside the limiter.
const PATIENT = { REDIS_TIMEOUT_MS: '10000' };

describe.skipIf(!hasRedisServer).each(TOPOLOGIES)(
  'rate limits of two gateways and one Redis, %s (skipped without a redis-server)',
  (topology) => {
    let redis: TestServer;
    let one: Stack;
    let other: Stack;
    beforeAll(async () => {
      redis = await startRedisServer();
      one = await startStack({ topology, shared: true, redisUrl: redis.url, env: PATIENT });
      other = await startStack({ topology, databaseUrl: one.databaseUrl, fleet: one.fleet, redisUrl: redis.url, env: PATIENT });
    });
    afterAll(async () => {
      await other?.[Symbol.asyncDispose]();
      await one?.[Symbol.asyncDispose]();
      await redis?.[Symbol.asyncDispose]();
    });

    const sendTo = (stack: Stack, key: Key): Promise<Reply> => send(stack, 'GET', TARGET, { key });
    const sendMany = (key: Key, count: number): Promise<Reply[]> =>
      Promise.all(Array.from({ length: count }, (_, i) => sendTo(i % 2 === 0 ? one : other, key)));
    const count = (replies: readonly Reply[], status: number): number => replies.filter((reply) => reply.status === status).length;
    type Report = { status: string; dependencies: { redis: { status: string; required: boolean } } };
    const health = async (stack: Stack): Promise<Report> => (await send(stack, 'GET', '/api/health')).body;
    const redisUp = async (stack: Stack): Promise<string | undefined> =>
      /^portico_redis_up (\d)$/m.exec(await (await fetch(`${stack.internalUrl}/metrics`)).text())?.[1];

    it('let exactly as many of 1,000 requests at once through as the limit says', async () => {
      const key = await one.key({ quota: { limit: 100, windowSeconds: LONG } });
      const replies = await sendMany(key, 1_000);
      expect([count(replies, 200), count(replies, 429)]).toEqual([100, 900]);
    });

    it('go on without a failed request when Redis dies in the middle of traffic, say so, and hold together again when it is back', async () => {
      const limit = 300;
      const key = await one.key({ quota: { limit, windowSeconds: LONG } });
      const replies = await sendMany(key, 100);
      const dying = sendMany(key, 100);
      await redis.kill();
      replies.push(...(await dying));
      for (const stack of [one, other]) {
        await expect.poll(() => redisUp(stack)).toBe('0');
        await expect
          .poll(() => health(stack))
          .toMatchObject({ status: 'degraded', dependencies: { redis: { status: 'down', required: false } } });
      }
      replies.push(...(await sendMany(key, 400)));
      // Each gateway alone goes on from what Redis said last, so that none allows more than the limit.
      expect(count(replies, 429)).toBeGreaterThan(0);
      expect(count(replies, 200)).toBeGreaterThanOrEqual(limit);
      expect(count(replies, 200)).toBeLessThan(2 * limit);
      await redis.start();
      for (const stack of [one, other]) {
        await expect.poll(() => redisUp(stack)).toBe('1');
        await expect.poll(async () => (await health(stack)).dependencies.redis.status).toBe('up');
      }
      const after = await sendMany(key, 100);
      expect([count(after, 200), count(after, 429)]).toEqual([0, 100]);
      expect(count(replies, 200) + count(replies, 429)).toBe(replies.length);
      const fresh = await sendMany(await one.key({ quota: { limit: 50, windowSeconds: LONG } }), 200);
      expect([count(fresh, 200), count(fresh, 429)]).toEqual([50, 150]);
    });
  },
);
