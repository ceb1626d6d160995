// `node test/load/webhooks.ts`: what the relay delivers, beside a loop of bare POSTs to the same receivers in the same run. Relay, receivers and load are
// processes of their own on one machine, and PostgreSQL shares it with them. Measures, never judges.
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { parseArgs, promisify } from 'node:util';
import { createTestDatabase } from '@portico/service-kit/testing';
import pg from 'pg';
import { cpuMicrosOf, type MeasuredProcess, startMeasured } from './measured-process.ts';
import { openBenchServer } from './open-bench-server.ts';
import { print, printParts } from './print-table.ts';
import { partsOf } from './profile-parts.ts';
import { openEndpoints, orderPayload, publishOrders, publishSteadily } from './webhook-load.ts';

const { values: given } = parseArgs({
  options: {
    seconds: { type: 'string', default: '8' },
    only: { type: 'string' },
    /** Deliveries of the run that finds the top rate. */
    deliveries: { type: 'string', default: '20000' },
    /** Deliveries a second of the steady runs; half of the top rate otherwise. */
    rate: { type: 'string' },
    /** Prints where the relay's CPU time goes at the top rate; a path other than `-` also keeps the profile. */
    profile: { type: 'string' },
  },
});
const SECONDS = Number(given.seconds);
const TENANTS = 10;
const PER_TENANT = 5;
const DEAD = 500;
const IDLE_RATE = 50;

type Row = {
  name: string;
  perSecond: number;
  p50Ms?: number;
  p99Ms?: number;
  statements?: number;
  cpuMicros?: number;
  databaseMicros?: number;
};
type Collected = { arrivals: number[]; lags: number[] };

await using opened = new AsyncDisposableStack();
const server = await openBenchServer(opened);
const receiver = opened.use(await startMeasured(new URL('./servers/receiver.ts', import.meta.url), { env: {}, oneCore: false }));
const rows: Row[] = [];
const wanted = (name: string): boolean => given.only === undefined || given.only.split(',').includes(name);

if (wanted('floor')) rows.push({ name: 'bare POSTs, one HMAC each', perSecond: await measureFloor() });
if (wanted('top')) rows.push(await measureTop('as fast as it goes, 5 endpoints an event', PER_TENANT));
if (wanted('top1')) rows.push(await measureTop('as fast as it goes, 1 endpoint an event', 1));
const half = Math.round(Number(given.rate ?? (rows[1]?.perSecond ?? 2_000) / 2));
if (wanted('steady')) rows.push(await measureSteady(`${half}/s`, { rate: half }));
if (wanted('dead')) rows.push(await measureSteady(`${half}/s, 500 dead endpoints beside`, { rate: half, dead: true }));
if (wanted('idle')) rows.push(await measureSteady(`${IDLE_RATE}/s, 1 endpoint an event`, { rate: IDLE_RATE, perTenant: 1 }));
printRows();

function printRows(): void {
  const floor = rows.find(({ name }) => name.startsWith('bare'))?.perSecond;
  const figure = (value: number | undefined, digits: number): string => value?.toFixed(digits) ?? '';
  console.log(`${TENANTS} accounts, Node ${process.version}\n`);
  print(
    ['run', 'deliveries/s', 'of the floor', 'p50 ms', 'p99 ms', 'SQL/delivery', 'relay µs', 'PostgreSQL µs'],
    rows.map(({ name, perSecond, p50Ms, p99Ms, statements, cpuMicros, databaseMicros }) => [
      name,
      Math.round(perSecond).toLocaleString('en'),
      floor === undefined ? '' : (perSecond / floor).toFixed(2),
      figure(p50Ms, 0),
      figure(p99Ms, 0),
      figure(statements, 2),
      figure(cpuMicros, 0),
      figure(databaseMicros, 0),
    ]),
  );
}

async function measureFloor(): Promise<number> {
  const { port } = new URL(receiver.url);
  const urls = Array.from({ length: TENANTS * PER_TENANT }, (_, i) => `http://127.9.0.${i + 1}:${port}/floor`);
  const env = { ...process.env, URLS: JSON.stringify(urls), SECONDS: String(Math.min(SECONDS, 4)), BODY: JSON.stringify(orderPayload()) };
  const loop = new URL('./servers/post-loop.ts', import.meta.url).pathname;
  const { stdout } = await promisify(execFile)(process.execPath, [loop], { env });
  return Number(stdout);
}

/** All events are there before the relay begins; the first and the last tenth of the deliveries are left out. */
async function measureTop(name: string, perTenant: number): Promise<Row> {
  await using bench = await openBench();
  const tenants = await openEndpoints(bench.run, { receiver: receiver.url, path: 'healthy', tenants: TENANTS, perTenant, net: 1 });
  const total = Number(given.deliveries);
  await publishOrders(bench.run, tenants, 500 / perTenant);
  const warm = await arrived(500);
  const before = await spent(bench);
  const work = async (): Promise<number[]> => {
    for (let made = 0; made < total; made += 1_000 * perTenant) await publishOrders(bench.run, tenants, 1_000);
    return (await arrived(total)).arrivals;
  };
  let arrivals: number[] = [];
  if (given.profile === undefined) arrivals = await work();
  else {
    const profile = await bench.relay.profile(async () => {
      arrivals = await work();
    });
    if (given.profile !== '-') await writeFile(given.profile, JSON.stringify(profile));
    printParts(partsOf(profile));
  }
  const middle = arrivals.slice(total / 10, (total * 9) / 10);
  const perSecond = (middle.length * 1_000) / ((middle.at(-1) ?? 0) - (middle[0] ?? 0));
  return { name, perSecond, ...(await costs(bench, before, total + warm.arrivals.length - 500)) };
}

async function measureSteady(name: string, options: { rate: number; dead?: boolean; perTenant?: number }): Promise<Row> {
  const { rate, dead = false, perTenant = PER_TENANT } = options;
  await using bench = await openBench();
  const { run } = bench;
  const tenants = await openEndpoints(run, { receiver: receiver.url, path: 'healthy', tenants: TENANTS, perTenant, net: 1 });
  if (dead) {
    const dying = await openEndpoints(run, { receiver: receiver.url, path: 'dead', tenants: DEAD / 50, perTenant: 50, net: 2 });
    await publishOrders(run, dying, 20 * dying.length);
  }
  const perSecond = rate / perTenant;
  await publishSteadily(run, tenants, { perSecond, seconds: 1 });
  await arrived(Math.floor(perSecond) * perTenant);
  const before = await spent(bench);
  await publishSteadily(run, tenants, { perSecond, seconds: SECONDS });
  const { lags, arrivals } = await arrived(Math.floor(perSecond * SECONDS) * perTenant);
  lags.sort((a, b) => a - b);
  const at = (share: number): number => lags[Math.floor(lags.length * share)] ?? 0;
  const made = (arrivals.length * 1_000) / ((arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0));
  return { name, perSecond: made, p50Ms: at(0.5), p99Ms: at(0.99), ...(await costs(bench, before, arrivals.length)) };
}

type Spent = { statements: number; cpuMicros: number; databaseMicros: number };

/** What the relay and the backends of its database have used so far; publishing is among the latter. */
async function spent({ relay, run }: Bench): Promise<Spent> {
  const backends = await run('select pid from pg_stat_activity where datname = current_database()', []);
  const databaseMicros = backends.reduce((sum, { pid }) => sum + (cpuMicrosOf(Number(pid)) ?? 0), 0);
  return { statements: await relay.statements(), cpuMicros: relay.cpuMicros() ?? 0, databaseMicros };
}

async function costs(bench: Bench, before: Spent, deliveries: number): Promise<Spent> {
  const after = await spent(bench);
  const each = (name: keyof Spent): number => (after[name] - before[name]) / deliveries;
  return { statements: each('statements'), cpuMicros: each('cpuMicros'), databaseMicros: each('databaseMicros') };
}

/** Waits until the healthy receivers got so many, and answers what came since it was asked last. */
async function arrived(count: number): Promise<Collected> {
  const all: Collected = { arrivals: [], lags: [] };
  const deadline = performance.now() + 60_000;
  while (all.arrivals.length < count) {
    if (performance.now() > deadline) throw new Error(`${all.arrivals.length} of ${count} deliveries arrived within a minute.`);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const { arrivals, lags } = (await (await fetch(receiver.url)).json()) as Collected;
    all.arrivals.push(...arrivals);
    all.lags.push(...lags);
  }
  return all;
}

type Bench = AsyncDisposable & {
  relay: MeasuredProcess;
  run(text: string, values: readonly unknown[]): Promise<Record<string, unknown>[]>;
};

/** A relay on a database of its own. */
async function openBench(): Promise<Bench> {
  await using starting = new AsyncDisposableStack();
  const { url } = starting.use(await createTestDatabase(server));
  const env = { DATABASE_URL: url };
  const relay = starting.use(await startMeasured(new URL('./servers/relay.ts', import.meta.url), { env, oneCore: false }));
  const pool = starting.adopt(new pg.Pool({ connectionString: url, max: 2 }), (one) => one.end());
  const bench = starting.move();
  return {
    relay,
    run: async (text, values) => (await pool.query(text, [...values])).rows,
    [Symbol.asyncDispose]: () => bench.disposeAsync(),
  };
}
