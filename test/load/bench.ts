// `npm run bench`: every workload against every server, in turn, in one run; prints one table. Nothing here is a test: it measures.
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { start as startAdmin } from '@portico/admin-server/server';
import { seedDemo } from '@portico/local/seed/seed-demo';
import { hasRedisServer, startRedisServer } from '@portico/service-kit/redis/redis-testing';
import { createTestDatabase, silentLogger, TEST_BLIND_INDEX_KEY, TEST_SECRET_KEYS } from '@portico/service-kit/testing';
import { OUT_OF_REACH } from '../stack/out-of-reach.ts';
import { generateLoad, loadGenerator } from './generate-load.ts';
import { type MeasuredProcess, startMeasured } from './measured-process.ts';
import { openBenchServer } from './open-bench-server.ts';
import { measurePostgres } from './postgres-cpu.ts';
import { type Measurement, median, printParts, printTable } from './print-table.ts';
import { partsOf } from './profile-parts.ts';
import { type Credentials, type Data, WORKLOADS, type Workload } from './workloads.ts';

const { values: given } = parseArgs({
  options: {
    seconds: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string' },
    /** Prints the parts of one more run; a path other than `-` also keeps the profiles. */
    profile: { type: 'string' },
    connections: { type: 'string', default: '32' },
  },
});
/** A server that has just begun to be asked spends half of its time on compiling what is asked often; two processes, each asked half as often, take longest. */
const WARM_UP_SECONDS = 10;
const ORDERS = 5_000;
const STOCK = 100_000_000;
/** Per program. Few, so that five platforms at a time stay under a server's usual 100 connections. */
const POOL_MAX = '4';

await using opened = new AsyncDisposableStack();
const { url: databaseUrl } = opened.use(await createTestDatabase(await openBenchServer(opened)));
const platform = await startServer(databaseUrl, 'platform');
const { credentials, client, tenant } = await prepare(databaseUrl);
const data = await readData(platform.url, credentials);
const workloads = WORKLOADS.filter(({ name }) => given.only === undefined || given.only.split(',').includes(name));
const servers = await startServers();

console.log(
  `${loadGenerator}, ${given.connections} connections, ${given.rounds} rounds of ${given.seconds} s each, Node ${process.version}\n`,
);
for (const workload of workloads) {
  const measurements = new Map<string, Measurement[]>();
  await measureAll(workload, WARM_UP_SECONDS, () => {});
  for (let round = 0; round < Number(given.rounds); round += 1) {
    await measureAll(workload, Number(given.seconds), (server, measurement) =>
      measurements.set(server, [...(measurements.get(server) ?? []), measurement]),
    );
  }
  printTable(workload.title, new Map([...measurements].map(([server, rounds]) => [server, median(rounds)])));
  if (given.profile) await printProfile(workload);
  await endServers(workloads.slice(workloads.indexOf(workload) + 1));
}

async function printProfile(workload: Workload): Promise<void> {
  const { perSecond } = workload;
  const load = { url: platform.url, requests: workload.requests(credentials, data), connections: Number(given.connections), perSecond };
  const profile = await platform.profile(() => generateLoad({ ...load, seconds: Number(given.seconds) }));
  if (given.profile !== '-') await writeFile(`${given.profile}-${workload.name.replace(' ', '-')}.cpuprofile`, JSON.stringify(profile));
  printParts(partsOf(profile));
}

async function measureAll(workload: Workload, seconds: number, keep: (server: string, measurement: Measurement) => void): Promise<void> {
  for (const [name, { server, serves }] of servers) {
    if (!serves.includes(workload.name)) continue;
    const requests = workload.requests(credentials, data);
    const statements = await server.statements();
    const [cpuSince, postgresSince] = [measureServer(server), measurePostgres(databaseUrl)];
    const load = { url: server.url, requests, connections: Number(given.connections), perSecond: workload.perSecond };
    const result = await generateLoad({ ...load, seconds });
    const [cpu, postgres] = [cpuSince(), postgresSince()];
    if (result.failures > 0)
      throw new Error(
        `${name} failed ${result.failures} of ${result.requests} requests of ${workload.name}; a run with failures measures nothing.`,
      );
    keep(name, {
      ...result,
      cpuMicros: cpu === undefined ? undefined : cpu / result.requests,
      postgresMicros: postgres === undefined ? undefined : postgres / result.requests,
      statements: ((await server.statements()) - statements) / result.requests,
    });
  }
}

/** From now on, the CPU microseconds that a server uses. */
function measureServer(server: MeasuredProcess): () => number | undefined {
  const before = server.cpuMicros();
  return () => {
    const after = server.cpuMicros();
    return before === undefined || after === undefined ? undefined : after - before;
  };
}

type Prepared = { credentials: Credentials; client: { clientId: string; clientSecret: string }; tenant: string };

async function prepare(url: string): Promise<Prepared> {
  await using admin = await startAdmin({ databaseUrl: url, poolMax: 2, secretKeys: TEST_SECRET_KEYS }, { logger: silentLogger });
  const { id: accountId } = await admin.accounts.create({ slug: `bench-${randomBytes(4).toString('hex')}`, name: 'Bench' });
  const rights = { name: 'bench', mode: 'test' as const, scopes: ['read', 'write'], ...OUT_OF_REACH };
  const issued = await admin.apiKeys.create(accountId, rights);
  const client = await admin.oauthClients.create(accountId, rights);
  await seedDemo({
    databaseUrl: url,
    tenant: { accountId, mode: 'test' },
    secretKeys: TEST_SECRET_KEYS,
    blindIndexKey: TEST_BLIND_INDEX_KEY,
    orders: ORDERS,
    now: new Date(),
  });
  return { credentials: issued, client, tenant: `${accountId} test` };
}

async function readData(url: string, signer: Credentials): Promise<Data> {
  const { send } = await import('../stack/send.ts');
  const key = { ...signer, id: '', accountId: '' };
  const list = async <Row>(target: string): Promise<Row[]> => ((await send({ url }, 'GET', target, { key })).body as { data: Row[] }).data;
  const orders = (
    await Promise.all([1, 2, 3, 4, 5].map((page) => list<{ id: string }>(`/api/v1/orders?fields=id&perPage=100&page=${page}`)))
  ).flat();
  const [customer] = await list<{ id: string }>('/api/v1/customers?fields=id&status=active&perPage=1');
  const items = await list<{ productId: string; sku: string; product: { status: string } }>(
    '/api/v1/inventory?fields=productId,sku,product.status&perPage=100',
  );
  const sold = items.filter(({ product }) => product.status === 'active');
  if (customer === undefined || sold.length === 0) throw new Error('The demo data has no active customer or product.');
  for (const { sku } of sold)
    await send({ url }, 'PUT', `/api/v1/inventory/${encodeURIComponent(sku)}`, { key, body: { quantity: STOCK } });
  return {
    token: await tokenFor(url),
    orderIds: orders.map(({ id }) => id),
    customerId: customer.id,
    productIds: sold.map(({ productId }) => productId),
  };
}

async function tokenFor(url: string): Promise<string> {
  const { clientId, clientSecret } = client;
  const response = await fetch(`${url}/api/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
}

type Served = { server: MeasuredProcess; serves: readonly Workload['name'][] };
type Startable = { start: () => Promise<MeasuredProcess>; serves: readonly Workload['name'][] };

/** Those that a workload of this run asks. Each holds connections to PostgreSQL, of which there are 100 as a rule. */
async function startServers(): Promise<Map<string, Served>> {
  const started = new Map<string, Served>();
  for (const [name, { start, serves }] of await startableServers())
    if (workloads.some((workload) => serves.includes(workload.name))) started.set(name, { server: await start(), serves });
  return started;
}

/** Ends the servers that none of the workloads to come asks. */
async function endServers(toCome: readonly Workload[]): Promise<void> {
  for (const [name, { server, serves }] of servers) {
    if (toCome.some((workload) => serves.includes(workload.name))) continue;
    servers.delete(name);
    await server[Symbol.asyncDispose]();
  }
}

async function startableServers(): Promise<[name: string, server: Startable][]> {
  const cached: Workload['name'][] = ['cached list', 'bearer list'];
  const paced: Workload['name'][] = ['paced list'];
  const reads: Workload['name'][] = [...cached, 'list', 'item', 'join'];
  const all: Workload['name'][] = [...reads, 'create'];
  // Two gateways count together only through a Redis.
  const redis: Record<string, string> = hasRedisServer ? { REDIS_URL: opened.use(await startRedisServer()).url } : {};
  const bodies: Record<string, string> = {};
  const captured: Record<string, string> = {};
  for (const workload of WORKLOADS.filter(({ name }) => ['list', 'item', 'join'].includes(name))) {
    const [first, second] = workload.requests(credentials, data);
    // The second page of a list, so that the statement has its offset; asked twice, so that its total is known.
    const request = workload.name === 'item' ? first : second;
    const ask = async (): Promise<void> => {
      bodies[workload.name] = await (await fetch(platform.url + request?.path, { headers: request?.headers ?? {} })).text();
    };
    await ask();
    // Background tasks ask too, of no tenant.
    const ofTenant = (await platform.texts(ask)).filter((text) => /account_id"? = \$1\b/.test(text));
    [captured[workload.name] = '', captured.joined = captured.joined ?? ''] = ofTenant;
  }
  const start = (file: string, env: Record<string, string>) => () => startServer(databaseUrl, file, env);
  const bare = { BODIES: JSON.stringify(bodies) };
  return [
    ['bare node:http', { start: start('bare', bare), serves: all }],
    ['bare node:http, 2 processes', { start: start('bare', { ...bare, PROCESSES: '2' }), serves: cached }],
    [
      'hand-written',
      { start: start('hand-written', { STATEMENTS: JSON.stringify(captured), TENANT: tenant }), serves: ['list', 'item', 'join'] },
    ],
    ['portico, 1 process', { start: async () => platform, serves: [...all, ...paced] }],
    ['portico, no audit log', { start: start('platform', { AUDIT: 'off' }), serves: ['cached list', ...paced, 'item'] }],
    ['portico, limits in Redis', { start: start('platform', redis), serves: cached }],
    ['portico, 2 processes', { start: start('platform', { PROCESSES: '2', ...redis }), serves: all }],
    ['stock Mesh over HTTP', { start: start('platform', { EXECUTION: 'stitched' }), serves: ['list', 'item', 'join', 'create'] }],
  ];
}

async function startServer(url: string, file: string, env: Readonly<Record<string, string>> = {}): Promise<MeasuredProcess> {
  const module = new URL(`./servers/${file}.ts`, import.meta.url);
  return opened.use(await startMeasured(module, { env: { DATABASE_URL: url, POOL_MAX, ...env }, oneCore: env.PROCESSES === undefined }));
}
