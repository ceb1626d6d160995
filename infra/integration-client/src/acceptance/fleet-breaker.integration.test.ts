// Four processes, one provider, one Redis of the test's own.
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { openRedis, type RedisConnection } from '@portico/service-kit/redis/redis';
import { hasRedisServer, startRedisServer } from '@portico/service-kit/redis/redis-testing';
import { printCounts } from '@portico/service-kit/testing-counts';
import { afterEach, describe, expect, it } from 'vitest';
import { parseState } from '../policies/breaker/fleet-state.ts';
import type { NodeNews } from './surroundings/fleet-node.ts';
import { startServer } from './surroundings/testing-client.ts';

/** Six processes start on a machine that may be busy. */
const PATIENT = { timeout: 60_000, interval: 10 };

const NEWS_EVERY_MS = 100;
/** Where calls fail, and where none may. */
const [SOON_MS, PATIENT_MS] = [1_000, 20_000];
const PROBES = 4;
/** A tenth less than two seconds. */
const SHORTEST_PERIOD_MS = 1_800;

type FleetNode = {
  latest: NodeNews;
  ok: number;
  failures: Record<string, number>;
  openedAt: number | undefined;
  /** When it told its news: its own clock, which stands still while the machine leaves it no time. */
  toldAt: number[];
  times: number[];
  child: ChildProcess;
};

const children: ChildProcess[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }
});

/** `deadlineMs`: of its calls. One that is held up for longer fails calls that were answered. */
function startNode(baseUrl: string, { redisUrl, deadlineMs }: { redisUrl?: string; deadlineMs: number }): FleetNode {
  const given = [baseUrl, String(deadlineMs), ...(redisUrl === undefined ? [] : [redisUrl])];
  const child = fork(fileURLToPath(new URL('./surroundings/fleet-node.ts', import.meta.url)), given, { execArgv: [] });
  children.push(child);
  const latest: NodeNews = { opened: false, failures: {}, ok: 0, times: [] };
  const node: FleetNode = { latest, ok: 0, failures: {}, openedAt: undefined, toldAt: [], times: [], child };
  child.on('message', (news: NodeNews) => {
    const now = performance.now();
    node.toldAt.push(now);
    if (news.opened && !node.latest.opened) node.openedAt = now;
    node.latest = news;
    node.ok += news.ok;
    node.times.push(...news.times);
    for (const [code, count] of Object.entries(news.failures)) node.failures[code] = (node.failures[code] ?? 0) + count;
  });
  return node;
}

describe.skipIf(!hasRedisServer)('the breakers of four processes (needs redis-server)', () => {
  it('open together, send one probe a period, and close together', async () => {
    let failing = false;
    const receivedWhileFailing: number[] = [];
    await using redis = await startRedisServer();
    await using server = await startServer((_request, response) => {
      if (failing) receivedWhileFailing.push(performance.now());
      response.writeHead(failing ? 503 : 200).end('{}');
    });
    const nodes = Array.from({ length: 4 }, () => startNode(server.url, { redisUrl: redis.url, deadlineMs: SOON_MS }));
    await expect.poll(() => nodes.every(({ ok }) => ok > 20), PATIENT).toBe(true);
    await using connection = await openRedis({ url: redis.url, timeoutMs: 10_000, onChange() {} });
    failing = true;
    // One that began later than the others opens before them, for itself: it has fewer successes to outweigh. What they know together is in Redis.
    await expect.poll(() => openUntil(connection), PATIENT).toBeGreaterThan(0);
    const fleetOpenAt = performance.now();
    await expect.poll(() => nodes.every(({ latest }) => latest.opened), PATIENT).toBe(true);
    const allOpenAt = Math.max(fleetOpenAt, ...nodes.map(({ openedAt }) => openedAt ?? 0));
    // They wait for each other: what passed is what passed for the slowest of them.
    const turns = nodes.map(({ toldAt }) => toldAt.filter((at) => at > fleetOpenAt && at <= allOpenAt).length);
    // 500 ms, and what it takes each process to tell.
    expect(Math.min(...turns) * NEWS_EVERY_MS).toBeLessThanOrEqual(500 + 300);
    // The first period may still see attempts that were under way, which have a second at most; then come probes, about 2 s apart.
    const probes = (): number[] => receivedWhileFailing.filter((at) => at > allOpenAt + 1_200);
    await expect.poll(() => probes().length, PATIENT).toBeGreaterThanOrEqual(PROBES);
    const [first = 0, last = 0] = [probes()[0], probes()[PROBES - 1]];
    printCounts('an outage seen by 4 processes', {
      'all open within, ms': allOpenAt - fleetOpenAt,
      [`${PROBES} probes within, ms`]: last - first,
    });
    // One period less than there were: the first of them may have been noted late.
    expect(last - first).toBeGreaterThan((PROBES - 2) * SHORTEST_PERIOD_MS);
    failing = false;
    await expect.poll(() => nodes.every(({ latest }) => !latest.opened && latest.ok > 0), PATIENT).toBe(true);
  }, 180_000);

  it('stay closed in three when the network of the fourth is broken', async () => {
    await using redis = await startRedisServer();
    await using server = await startServer((_request, response) => response.writeHead(200).end('{}'));
    const healthy = Array.from({ length: 3 }, () => startNode(server.url, { redisUrl: redis.url, deadlineMs: PATIENT_MS }));
    await expect.poll(() => healthy.every(({ ok }) => ok > 0), PATIENT).toBe(true);
    const poisoned = startNode('https://no-such-name.invalid', { redisUrl: redis.url, deadlineMs: SOON_MS });
    await expect.poll(() => poisoned.latest.opened, PATIENT).toBe(true);
    const before = healthy.map(({ ok }) => ok);
    await expect.poll(() => healthy.every(({ ok }, index) => ok > (before[index] ?? 0) + 50), PATIENT).toBe(true);
    printCounts('one broken network', { 'calls failed there': failuresOf([poisoned]), 'in the other three': failuresOf(healthy) });
    expect(healthy.map(({ failures }) => failures)).toEqual([{}, {}, {}]);
  }, 180_000);

  it('lose no call when Redis is killed, nor 5 ms of a call', async () => {
    await using redis = await startRedisServer();
    await using server = await startServer((_request, response) => response.writeHead(200).end('{}'));
    const nodes = Array.from({ length: 4 }, () => startNode(server.url, { redisUrl: redis.url, deadlineMs: PATIENT_MS }));
    // Beside them, at the same time, some that never had a Redis: what the machine does to calls, it does to both.
    const others = Array.from({ length: 2 }, () => startNode(server.url, { deadlineMs: PATIENT_MS }));
    await expect.poll(() => [...nodes, ...others].every(({ ok }) => ok > 0), PATIENT).toBe(true);
    await redis.kill();
    const before = nodes.map(({ ok }) => ok);
    const added: number[] = [];
    // Of five looks the middle one: a single stall of the machine is not the client's. A machine that stalls for longer is looked at again;
    // what the client adds is there each time.
    while (added.length < 5 || (middleOfFive(added) > 5 && added.length < 20)) {
      for (const node of [...nodes, ...others]) node.times.length = 0;
      await expect.poll(() => [nodes, others].every((group) => group.flatMap(({ times }) => times).length >= 200), PATIENT).toBe(true);
      added.push(p99(nodes) - p99(others));
    }
    printCounts('Redis killed', { 'calls failed': failuresOf(nodes), 'p99 added, ms': middleOfFive(added), looks: added.length });
    expect(middleOfFive(added)).toBeLessThanOrEqual(5);
    expect(nodes.every(({ ok }, index) => ok > (before[index] ?? 0) + 50)).toBe(true);
    expect(nodes.map(({ failures }) => failures)).toEqual([{}, {}, {}, {}]);
  }, 180_000);
});

/** Until when the fleet is open, as its processes write it. */
async function openUntil({ client }: RedisConnection): Promise<number> {
  const [key = ''] = await client.keys('*:state');
  return parseState((await client.get(key)) ?? '')?.openUntil ?? 0;
}

/** Of the last five. */
function middleOfFive(values: readonly number[]): number {
  return values.slice(-5).sort((one, other) => one - other)[2] ?? Number.NaN;
}

function failuresOf(nodes: readonly FleetNode[]): number {
  return nodes.flatMap(({ failures }) => Object.values(failures)).reduce((sum, count) => sum + count, 0);
}

function p99(nodes: readonly FleetNode[]): number {
  const times = nodes.flatMap((node) => node.times).sort((one, other) => one - other);
  return times[Math.floor(times.length * 0.99)] ?? 0;
}
