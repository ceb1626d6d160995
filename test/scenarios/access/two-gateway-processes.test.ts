// What has to hold across gateways, with gateways that share nothing but PostgreSQL and Redis: two processes of their own.
import { randomBytes } from 'node:crypto';
import { type Admin, start as startAdmin } from '@portico/admin-server/server';
import { hasRedisServer, startRedisServer } from '@portico/service-kit/redis/redis-testing';
import { createTestDatabase, silentLogger, TEST_SECRET_KEYS } from '@portico/service-kit/testing';
import type { TestServer } from '@portico/service-kit/testing-server';
import { within } from '@portico/service-kit/testing-stopwatch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Key } from '../../stack/credentials.ts';
import { longWindow, OUT_OF_REACH } from '../../stack/out-of-reach.ts';
import { type GatewayProcess, startGatewayProcess } from '../../stack/processes/gateway-process.ts';
import { send } from '../../stack/send.ts';

const TARGET = '/api/v1/products?fields=id';
/** The gateways have no subgraphs: a request that was let through comes as far as the graph, which is not there. */
const [LET_THROUGH, REFUSED, UNKNOWN] = [503, 429, 401];
const LONG = longWindow();
const OFTEN = { interval: 10 };
/** A busy machine makes Redis slow; that the gateways then count apart is proved beside the limiter. */
const PATIENT = { REDIS_TIMEOUT_MS: '10000' };

describe.skipIf(!hasRedisServer)('two gateway processes over one database and one Redis (skipped without a redis-server)', () => {
  const opened = new AsyncDisposableStack();
  let redis: TestServer;
  let admin: Admin;
  let gateways: GatewayProcess[];
  beforeAll(async () => {
    redis = opened.use(await startRedisServer());
    const { url: databaseUrl } = opened.use(await createTestDatabase());
    admin = opened.use(await startAdmin({ databaseUrl, poolMax: 3, secretKeys: TEST_SECRET_KEYS }, { logger: silentLogger }));
    const env = { REDIS_URL: redis.url, ...PATIENT };
    gateways = await Promise.all([startGatewayProcess(databaseUrl, env), startGatewayProcess(databaseUrl, env)]);
    for (const gateway of gateways) opened.use(gateway);
  });
  afterAll(() => opened.disposeAsync());

  async function newKey(limit?: number): Promise<Key> {
    const { id: accountId } = await admin.accounts.create({ slug: `t-${randomBytes(6).toString('hex')}`, name: 'Two' });
    const limits = limit === undefined ? OUT_OF_REACH : { ...OUT_OF_REACH, quota: { limit, windowSeconds: LONG } };
    return { accountId, ...(await admin.apiKeys.create(accountId, { name: 'k', mode: 'test', scopes: ['read'], ...limits })) };
  }
  const statusAt = async (gateway: GatewayProcess, key: Key): Promise<number> => (await send(gateway, 'GET', TARGET, { key })).status;
  const statuses = (key: Key, count: number): Promise<number[]> =>
    Promise.all(Array.from({ length: count }, (_, i) => statusAt(gateways[i % 2] as GatewayProcess, key)));
  const countOf = (all: readonly number[]): Record<number, number> =>
    Object.fromEntries(
      Map.groupBy(all, (status) => status)
        .entries()
        .map(([status, of]) => [status, of.length]),
    );

  it('let exactly 100 of 1,000 requests at once through a limit of 100', async () => {
    expect(countOf(await statuses(await newKey(100), 1_000))).toEqual({ [LET_THROUGH]: 100, [REFUSED]: 900 });
  });

  it('stop a key within a second of its end, and take a changed limit without a restart', async () => {
    const ended = await newKey();
    expect(countOf(await statuses(ended, 20))).toEqual({ [LET_THROUGH]: 20 });
    await admin.apiKeys.revoke(ended.id);
    await within(1_000, () => Promise.all(gateways.map((gateway) => expect.poll(() => statusAt(gateway, ended), OFTEN).toBe(UNKNOWN))));
    const widened = await newKey(10);
    expect(countOf(await statuses(widened, 40))).toEqual({ [LET_THROUGH]: 10, [REFUSED]: 30 });
    await admin.apiKeys.update(widened.id, { quota: { limit: 30, windowSeconds: LONG } });
    await within(1_000, () => expect.poll(() => statusAt(gateways[0] as GatewayProcess, widened), OFTEN).toBe(LET_THROUGH));
    await expect
      .poll(async () => (await send(gateways[1] as GatewayProcess, 'GET', TARGET, { key: widened })).headers.get('x-ratelimit-limit'))
      .toBe('30');
  });

  it('go on without a failed request while Redis is killed and comes back under traffic, and never open', async () => {
    const limit = 400;
    const key = await newKey(limit);
    const answered: number[] = [];
    let isOver = false;
    const clients = Array.from({ length: 8 }, async (_, i) => {
      while (!isOver) answered.push(await statusAt(gateways[i % 2] as GatewayProcess, key));
    });
    const after = async (more: number): Promise<void> => {
      const from = answered.length;
      await expect.poll(() => answered.length, { interval: 5 }).toBeGreaterThan(from + more);
    };
    await after(100);
    await redis.kill();
    await after(600);
    await redis.start();
    await after(600);
    isOver = true;
    await Promise.all(clients);
    const counted = countOf(answered);
    expect(Object.keys(counted).sort()).toEqual([String(REFUSED), String(LET_THROUGH)].sort());
    // While Redis is away each gateway goes on from what was said last, and allows at most the limit by itself.
    expect(counted[LET_THROUGH]).toBeGreaterThanOrEqual(limit);
    expect(counted[LET_THROUGH]).toBeLessThan(2 * limit);
    for (const gateway of gateways)
      await expect
        .poll(async () => (await (await fetch(`${gateway.internalUrl}/metrics`)).text()).match(/^portico_redis_up (\d)$/m)?.[1])
        .toBe('1');
    expect(countOf(await statuses(await newKey(50), 200))).toEqual({ [LET_THROUGH]: 50, [REFUSED]: 150 });
  });
});
