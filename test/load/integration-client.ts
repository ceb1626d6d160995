// `node test/load/integration-client.ts`: what a call through the integration client costs beside bare clients, which do nothing else. All
// take turns against one server in a process of its own; Redis is used where `redis-server` is installed. Nothing here is a test.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { hasRedisServer, startRedisServer } from '@portico/service-kit/redis/redis-testing';
import { type CallFigures, saturate } from './calls/measure-calls.ts';
import { openCalls } from './calls/open-calls.ts';
import { SLOW_MS } from './calls/provider.ts';
import { print } from './print-table.ts';

const ROUNDS = 3;
const WARM_SECONDS = 0.5;
const SLOW = `integration client, ${SLOW_MS}-ms provider`;
/** At a thousand calls a second; an adaptive limit has 200 places at most, and the slow provider has 300 calls at a time. */
const STEADY = ['undici.request, bare', 'integration client', 'integration client, adaptive limit', SLOW];
/** V8 lets its young generation grow to this, once, by 68 MB: it has that from the beginning, so that what grows is what calls leave behind. */
const MEMORY_OPTIONS = ['--expose-gc', '--min-semi-space-size=32'];

const { values: given } = parseArgs({
  options: {
    seconds: { type: 'string', default: '1' },
    concurrency: { type: 'string', default: '64' },
    /** Of the runs at 1,000 calls a second. */
    steadySeconds: { type: 'string', default: '10' },
  },
});
await using opened = new AsyncDisposableStack();
const provider = fork(new URL('./calls/provider.ts', import.meta.url));
opened.defer(() => void provider.disconnect());
const url = `http://127.0.0.1:${await new Promise((resolve) => provider.once('message', resolve))}`;
const redisUrl = hasRedisServer ? opened.use(await startRedisServer()).url : undefined;

const rows = new Map(await measureSaturated());
for (const name of STEADY) rows.set(`${name}, 1,000/s`, await measureSteady(name));
console.log(
  `${given.concurrency} at a time, the middle of ${ROUNDS} rounds of ${given.seconds} s, Redis ${redisUrl === undefined ? 'absent' : 'on'}, Node ${process.version}\n`,
);
printRows(rows);

/** In turn, so that what the machine does meets all of them. */
async function measureSaturated(): Promise<(readonly [name: string, figures: CallFigures])[]> {
  await using calls = openCalls(url, redisUrl);
  const saturated = [...calls.byName].filter(([name]) => name !== SLOW);
  const concurrency = Number(given.concurrency);
  for (const [, call] of saturated) await saturate(call, concurrency, WARM_SECONDS);
  const rounds = new Map<string, CallFigures[]>();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, call] of saturated) {
      rounds.set(name, [...(rounds.get(name) ?? []), await saturate(call, concurrency, Number(given.seconds))]);
    }
  }
  return [...rounds].flatMap(([name, taken]) => {
    const middle = taken.sort((a, b) => a.perSecond - b.perSecond)[Math.floor(ROUNDS / 2)];
    return middle === undefined ? [] : [[name, middle] as const];
  });
}

/** In a process of its own, whose memory is that of these calls alone. */
async function measureSteady(name: string): Promise<CallFigures> {
  const program = fileURLToPath(new URL('./calls/steady-process.ts', import.meta.url));
  const child = fork(program, [name, given.steadySeconds, url, ...(redisUrl === undefined ? [] : [redisUrl])], {
    execArgv: MEMORY_OPTIONS,
  });
  return new Promise((resolve, reject) => {
    child.once('message', (figures) => resolve(figures as CallFigures));
    child.once('exit', (code) => reject(new Error(`The calls ended with ${code}.`)));
  });
}

function printRows(measured: ReadonlyMap<string, CallFigures>): void {
  const [bare] = measured.values();
  const columns = ['client', 'calls/s', 'of bare undici', 'p50 ms', 'p95 ms', 'p99 ms', 'CPU µs/call', 'CPU share of a core', 'memory MB'];
  const lines = [...measured].map(([name, { perSecond, p50Ms, p95Ms, p99Ms, cpuMicros, rss }]) => [
    name,
    Math.round(perSecond).toLocaleString('en'),
    (perSecond / (bare?.perSecond ?? Number.NaN)).toFixed(2),
    ...[p50Ms, p95Ms, p99Ms].map((ms) => ms.toFixed(2)),
    cpuMicros.toFixed(0),
    `${((cpuMicros * perSecond) / 10_000).toFixed(0)} %`,
    rss === undefined ? '' : rss.map((bytes) => (bytes / 1_048_576).toFixed(0)).join(' to '),
  ]);
  print(columns, lines);
}
