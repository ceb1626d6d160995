// `node test/load/integration-client.ts`: what a call through the integration client costs beside bare clients, which do nothing else. All
// take turns against one server in a process of its own; Redis is used where `redis-server` is installed. Nothing here is a test.
import { fork } from 'node:child_process';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { apiKey } from '@portico/integration-client/auth';
import { createClient } from '@portico/integration-client/create-client';
import { defineProvider, op } from '@portico/integration-client/define-provider';
import { fixedSecrets, secret } from '@portico/integration-client/secrets';
import { hasRedisServer, startRedisServer } from '@portico/service-kit/redis/redis-testing';
import { silentLogger } from '@portico/service-kit/testing';
import axios from 'axios';
import got from 'got';
import { request } from 'undici';
import { z } from 'zod';

const ROUNDS = 3;
const ANSWER = JSON.stringify({ id: 'p_1', amount: 1_250, status: 'paid' });

if (process.argv[2] === 'serve') serve();
else await measureAll();

function serve(): void {
  const headers = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(ANSWER)) };
  const server = createServer((_request, response) => response.writeHead(200, headers).end(ANSWER));
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    process.send?.(typeof address === 'object' ? address?.port : undefined);
  });
  process.on('disconnect', () => process.exit(0));
}

type Row = { name: string; perSecond: number; p50Ms: number; p99Ms: number; cpuMicros: number };

async function measureAll(): Promise<void> {
  const { values: given } = parseArgs({
    options: {
      seconds: { type: 'string', default: '1' },
      concurrency: { type: 'string', default: '64' },
      /** Of the run at 1,000 calls a second. */
      steadySeconds: { type: 'string', default: '10' },
    },
  });
  await using opened = new AsyncDisposableStack();
  const child = fork(import.meta.filename, ['serve']);
  opened.defer(() => void child.disconnect());
  const port = await new Promise<unknown>((resolve) => child.once('message', resolve));
  const url = `http://127.0.0.1:${port}`;
  const redis = hasRedisServer ? opened.use(await startRedisServer()) : undefined;
  const client = opened.use(openClient(url, redis?.url));
  const calls: readonly (readonly [name: string, call: () => Promise<unknown>])[] = [
    ['undici.request, bare', async () => (await request(`${url}/payments/p_1`)).body.json()],
    ['integration client', () => client.acme.getPayment({ params: { id: 'p_1' } })],
    ['integration client, adaptive limit', () => client.adaptive.getPayment({ params: { id: 'p_1' } })],
    ['fetch, bare', async () => (await fetch(`${url}/payments/p_1`)).json()],
    ['got, bare', () => got(`${url}/payments/p_1`).json()],
    ['axios, bare', () => axios.get(`${url}/payments/p_1`)],
    ['integration client, kept answer', () => client.acme.getKept({ params: { id: 'p_1' } })],
  ];
  const concurrency = Number(given.concurrency);
  const rounds = new Map<string, Row[]>();
  for (const [name, call] of calls) await saturate(name, call, concurrency, 0.5);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, call] of calls) {
      rounds.set(name, [...(rounds.get(name) ?? []), await saturate(name, call, concurrency, Number(given.seconds))]);
    }
  }
  const rows = [...rounds.values()].flatMap((taken) => taken.sort((a, b) => a.perSecond - b.perSecond)[Math.floor(ROUNDS / 2)] ?? []);
  for (const [name, call] of calls.slice(0, 3)) rows.push(await steady(`${name}, 1,000/s`, call, Number(given.steadySeconds)));
  print(
    rows,
    `${given.concurrency} at a time, the middle of ${ROUNDS} rounds of ${given.seconds} s, Redis ${redis === undefined ? 'absent' : 'on'}, Node ${process.version}`,
  );
}

/** Everything on: credentials, schemas both ways, breaker, limit, budget, hedge, deadline, log line; the cache has a row of its own. */
function openClient(url: string, redisUrl: string | undefined) {
  const declared = { params: z.object({ id: z.string() }), response: z.object({ id: z.string(), amount: z.number(), status: z.string() }) };
  const acme = defineProvider('acme', {
    baseUrl: url,
    auth: apiKey({ header: 'X-API-Key', secret: secret('acme/key') }),
    limits: { perMinute: 10_000_000, concurrency: 1_000 },
    operations: {
      getPayment: op.get('/payments/{id}', { ...declared, cache: 'none', hedge: { afterMs: 1_000 } }),
      getKept: op.get('/payments/{id}', declared),
    },
  });
  const adaptive = { ...acme, name: 'adaptive', limits: { ...acme.limits, concurrency: 'adaptive' } } as const satisfies typeof acme;
  return createClient({ providers: { acme, adaptive }, secrets: fixedSecrets({ 'acme/key': 'key' }), logger: silentLogger, redisUrl });
}

/** As fast as so many callers go. */
async function saturate(name: string, call: () => Promise<unknown>, concurrency: number, seconds: number): Promise<Row> {
  const [times, until, before] = [[] as number[], performance.now() + seconds * 1_000, process.cpuUsage()];
  const caller = async (): Promise<void> => {
    for (;;) {
      const startedAt = performance.now();
      if (startedAt > until) return;
      await call();
      times.push(performance.now() - startedAt);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, caller));
  return rowOf(name, times, seconds, before);
}

/** A thousand calls a second, ten each 10 ms. */
async function steady(name: string, call: () => Promise<unknown>, seconds: number): Promise<Row> {
  const [times, before, pending] = [[] as number[], process.cpuUsage(), new Set<Promise<unknown>>()];
  const startedAt = performance.now();
  for (let made = 0; made < seconds * 1_000; ) {
    const due = Math.floor(performance.now() - startedAt);
    for (; made < due && made < seconds * 1_000; made += 1) {
      const callStartedAt = performance.now();
      const done: Promise<unknown> = call().then(() => {
        times.push(performance.now() - callStartedAt);
        pending.delete(done);
      });
      pending.add(done);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await Promise.all(pending);
  return rowOf(name, times, seconds, before);
}

function rowOf(name: string, times: number[], seconds: number, before: NodeJS.CpuUsage): Row {
  const { user, system } = process.cpuUsage(before);
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.floor(times.length * share)] ?? 0;
  return { name, perSecond: times.length / seconds, p50Ms: at(0.5), p99Ms: at(0.99), cpuMicros: (user + system) / times.length };
}

function print(rows: readonly Row[], title: string): void {
  console.log(`${title}\n\n| client | calls/s | of bare undici | p50 ms | p99 ms | CPU µs/call | CPU share of a core |`);
  console.log('| --- | --- | --- | --- | --- | --- | --- |');
  const bare = rows[0]?.perSecond ?? 0;
  for (const { name, perSecond, p50Ms, p99Ms, cpuMicros } of rows) {
    const cells = [name, Math.round(perSecond).toLocaleString('en'), (perSecond / bare).toFixed(2), p50Ms.toFixed(2), p99Ms.toFixed(2)];
    console.log(`| ${[...cells, Math.round(cpuMicros), `${((cpuMicros * perSecond) / 10_000).toFixed(0)} %`].join(' | ')} |`);
  }
}
