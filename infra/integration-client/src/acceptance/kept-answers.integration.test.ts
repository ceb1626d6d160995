// A provider that says nothing about caching, asked with credentials: what its answers save, as the whole client keeps them.
import { type ChildProcess, spawn } from 'node:child_process';
import type { ServerResponse } from 'node:http';
import { createInterface } from 'node:readline/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { hasRedisServer, startRedisServer } from '@portico/service-kit/redis/redis-testing';
import { printCounts } from '@portico/service-kit/testing-counts';
import { Agent, interceptors, request } from 'undici';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { bearer } from '../auth/auth-declaration.ts';
import { defineProvider, op } from '../define-provider.ts';
import { secret } from '../secrets.ts';
import { seeded } from '../testing/seeded.ts';
import { testClient } from '../testing/test-client.ts';
import { startServer } from './surroundings/testing-client.ts';

const CALLS = 8_000;
const THINGS = 200;
const SOFT_TIMEOUT_MS = 200;
const [PROCESSES, CALLERS] = [4, 100];
const MORE_MS = 300;

const catalogue = defineProvider('catalogue', {
  baseUrl: 'https://catalogue.example',
  auth: bearer(secret('key')),
  limits: { perMinute: 1_000_000 },
  operations: {
    read: op.get('/things/{id}', { params: z.object({ id: z.string() }), response: z.object({ name: z.string() }) }),
  },
});

/** Some things are asked for more often than others (Zipf). */
function chooser(): () => string {
  const random = seeded(7);
  const bounds: number[] = [];
  for (let rank = 1; rank <= THINGS; rank += 1) bounds.push((bounds.at(-1) ?? 0) + 1 / Math.sqrt(rank));
  return () => {
    const wanted = random() * (bounds.at(-1) ?? 0);
    return String(bounds.findIndex((bound) => bound >= wanted));
  };
}

describe('a provider that says nothing about caching', () => {
  it('is asked for fewer than a fifth of the calls: each thing is asked for six times in 300 s', async () => {
    await using test = testClient({ catalogue });
    test.catalogue.read.replies({ name: 'a' });
    const choose = chooser();
    let kept = 0;
    for (let call = 0; call < CALLS; call += 1) {
      const { cached, stale } = await test.call.catalogue.read({ params: { id: choose() } });
      if (cached && !stale) kept += 1;
      await test.clock.advance(250);
    }
    printCounts('keys asked for six times in 300 s', { calls: CALLS, 'kept, %': (kept / CALLS) * 100, sent: test.requests.length });
    expect(kept / CALLS).toBeGreaterThanOrEqual(0.8);
    expect(test.requests).toHaveLength(CALLS - kept);
    expect(test.requests[0]?.headers.authorization).toMatch(/^Bearer /);
  });

  it('is stood in for after the soft timeout when it hangs', async () => {
    await using test = testClient({ catalogue });
    test.catalogue.read.replies({ name: 'a' });
    await test.call.catalogue.read({ params: { id: 'a' } });
    await test.clock.advance(300_001);
    test.catalogue.read.replies({ fault: 'hang' });
    const { stale, cached, ageMs, responseTimeMs } = await test.call.catalogue.read({ params: { id: 'a' } });
    printCounts('a provider that hangs', { stale: String(stale), 'answer after, ms': responseTimeMs });
    expect({ stale, cached, ageMs, responseTimeMs }).toEqual({
      stale: true,
      cached: true,
      ageMs: 300_001 + SOFT_TIMEOUT_MS,
      responseTimeMs: SOFT_TIMEOUT_MS,
    });
  });

  it("is asked each time through undici's own cache", async () => {
    await using server = await startServer((_request, response) => response.writeHead(200).end('{}'));
    const agent = new Agent();
    const dispatcher = agent.compose(interceptors.cache());
    for (let call = 0; call < 3; call += 1) {
      const { body } = await request(server.url, { dispatcher, headers: { authorization: 'Bearer key' } });
      await body.dump();
    }
    await agent.destroy();
    printCounts("undici's cache", { calls: 3, sent: server.received() });
    expect(server.received()).toBe(3);
  });
});

describe.skipIf(!hasRedisServer)('a cold answer that 4 processes of 100 callers want at once (needs redis-server)', () => {
  it("is asked for once; by bentocache once a process, by undici's cache for every caller", async () => {
    const counts = {
      'this client': await coldRequests('this client', 1),
      bentocache: await coldRequests('bentocache', PROCESSES),
      "undici's cache": await coldRequests("undici's cache", PROCESSES * CALLERS),
    };
    printCounts(`requests for a cold answer, ${PROCESSES} processes of ${CALLERS} callers`, counts);
    expect(Object.values(counts)).toEqual([1, PROCESSES, PROCESSES * CALLERS]);
  }, 120_000);
});

/** How often the provider is asked. It answers when all have asked, but not before it has been sent so many requests. */
async function coldRequests(cache: string, answersAt: number): Promise<number> {
  await using redis = await startRedisServer();
  const waiting: ServerResponse[] = [];
  let allHaveAsked = false;
  const answer = (): void => {
    if (!allHaveAsked || server.received() < answersAt) return;
    const headers = { 'content-type': 'application/json' };
    for (const response of waiting.splice(0)) response.writeHead(200, headers).end(JSON.stringify({ name: 'a' }));
  };
  await using server = await startServer((_request, response) => {
    waiting.push(response);
    answer();
  });
  const children = Array.from({ length: PROCESSES }, () => startProcess([cache, redis.url, server.url, String(CALLERS)]));
  const lines = (): Promise<string[]> => Promise.all(children.map(({ line }) => line()));
  try {
    expect(new Set(await lines())).toEqual(new Set(['ready']));
    for (const { child } of children) child.stdin?.write('go\n');
    expect(new Set(await lines())).toEqual(new Set(['asked']));
    // Time for requests that should not come.
    await delay(MORE_MS);
    allHaveAsked = true;
    answer();
    expect(new Set(await lines())).toEqual(new Set([JSON.stringify([JSON.stringify({ name: 'a' })])]));
    return server.received();
  } finally {
    for (const { child } of children) child.kill();
  }
}

function startProcess(given: readonly string[]): { child: ChildProcess; line(): Promise<string> } {
  const program = fileURLToPath(new URL('./surroundings/caching-process.ts', import.meta.url));
  const child = spawn(process.execPath, [program, ...given], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return { child, line: async () => String((await lines.next()).value) };
}
