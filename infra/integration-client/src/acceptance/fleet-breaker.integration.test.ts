// Four processes, one provider, one Redis of the test's own.
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { hasRedisServer, startRedisServer } from '@portico/service-kit/redis/redis-testing';
import { afterEach, describe, expect, it } from 'vitest';
import type { NodeNews } from './surroundings/fleet-node.ts';
import { startServer } from './surroundings/testing-client.ts';

/** Six processes start on a machine that may be busy. */
const PATIENT = { timeout: 60_000, interval: 10 };

type FleetNode = {
  latest: NodeNews;
  ok: number;
  failures: Record<string, number>;
  openedAt: number | undefined;
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

function startNode(baseUrl: string, ...redisUrl: string[]): FleetNode {
  const child = fork(fileURLToPath(new URL('./surroundings/fleet-node.ts', import.meta.url)), [baseUrl, ...redisUrl], { execArgv: [] });
  children.push(child);
  const latest: NodeNews = { opened: false, failures: {}, ok: 0, times: [] };
  const node: FleetNode = { latest, ok: 0, failures: {}, openedAt: undefined, times: [], child };
  child.on('message', (news: NodeNews) => {
    if (news.opened && !node.latest.opened) node.openedAt = performance.now();
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
    const nodes = Array.from({ length: 4 }, () => startNode(server.url, redis.url));
    await expect.poll(() => nodes.every(({ ok }) => ok > 20), PATIENT).toBe(true);
    failing = true;
    await expect.poll(() => nodes.every(({ latest }) => latest.opened), PATIENT).toBe(true);
    const openings = nodes.map(({ openedAt }) => openedAt ?? 0);
    // 500 ms, and what it takes each process to tell.
    expect(Math.max(...openings) - Math.min(...openings)).toBeLessThan(500 + 300);
    const allOpenAt = Math.max(...openings);
    await expect.poll(() => performance.now() - allOpenAt > 7_000, PATIENT).toBe(true);
    // The first period may still see attempts that were under way; then three more of about 2 s, each with one probe.
    const probes = receivedWhileFailing.filter((at) => at > allOpenAt + 500);
    expect(probes.length).toBeGreaterThanOrEqual(2);
    expect(probes.length).toBeLessThanOrEqual(4);
    failing = false;
    await expect.poll(() => nodes.every(({ latest }) => !latest.opened && latest.ok > 0), PATIENT).toBe(true);
  }, 180_000);

  it('stay closed in three when the network of the fourth is broken', async () => {
    await using redis = await startRedisServer();
    await using server = await startServer((_request, response) => response.writeHead(200).end('{}'));
    const healthy = Array.from({ length: 3 }, () => startNode(server.url, redis.url));
    await expect.poll(() => healthy.every(({ ok }) => ok > 0), PATIENT).toBe(true);
    const poisoned = startNode('https://no-such-name.invalid', redis.url);
    await expect.poll(() => poisoned.latest.opened, PATIENT).toBe(true);
    const before = healthy.map(({ ok }) => ok);
    await expect.poll(() => healthy.every(({ ok }, index) => ok > (before[index] ?? 0) + 50), PATIENT).toBe(true);
    expect(healthy.map(({ failures }) => failures)).toEqual([{}, {}, {}]);
  }, 180_000);

  it('lose no call when Redis is killed, nor 5 ms of a call', async () => {
    await using redis = await startRedisServer();
    await using server = await startServer((_request, response) => response.writeHead(200).end('{}'));
    const nodes = Array.from({ length: 4 }, () => startNode(server.url, redis.url));
    // Beside them, at the same time, some that never had a Redis: what the machine does to calls, it does to both.
    const others = Array.from({ length: 2 }, () => startNode(server.url));
    await expect.poll(() => [...nodes, ...others].every(({ ok }) => ok > 0), PATIENT).toBe(true);
    await redis.kill();
    const before = nodes.map(({ ok }) => ok);
    const added: number[] = [];
    while (added.length < 5) {
      for (const node of [...nodes, ...others]) node.times.length = 0;
      await expect.poll(() => [nodes, others].every((group) => group.flatMap(({ times }) => times).length >= 200), PATIENT).toBe(true);
      added.push(p99(nodes) - p99(others));
    }
    // Of five looks the middle one: a single stall of the machine is not the client's.
    expect(added.sort((one, other) => one - other)[2]).toBeLessThanOrEqual(5);
    expect(nodes.every(({ ok }, index) => ok > (before[index] ?? 0) + 50)).toBe(true);
    expect(nodes.map(({ failures }) => failures)).toEqual([{}, {}, {}, {}]);
  }, 180_000);
});

function p99(nodes: readonly FleetNode[]): number {
  const times = nodes.flatMap((node) => node.times).sort((one, other) => one - other);
  return times[Math.floor(times.length * 0.99)] ?? 0;
}
