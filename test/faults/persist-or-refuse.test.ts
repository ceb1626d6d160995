import { setTimeout as pause } from 'node:timers/promises';
import { createRandom } from '@portico/local/seed/random';
import { hasNatsServer, startNatsServer } from '@portico/service-kit/bus/nats/nats-testing';
import { openEventBus } from '@portico/service-kit/bus/open-event-bus';
import { createTestDatabase, silentLogger } from '@portico/service-kit/testing';
import { standBetween } from '@portico/service-kit/testing-between';
import pg from 'pg';
import { expect, it } from 'vitest';
import { openShop, type Shop } from '../stack/shop.ts';
import { startStack } from '../stack/start-stack.ts';
import { FULL, printCounts } from './counts.ts';
import { hasPostgresBinaries, startOwnPostgres } from './relay/own-postgres.ts';
import { type FaultSink, startFaultSink } from './sink.ts';

const CUTS = FULL ? 20 : 5;
const ENDS = FULL ? 12 : 4;
/** A claim whose answer was lost keeps its deliveries for as long as a lease: 60 seconds in production. */
const ENGINE = { leaseMs: 4_000, timeoutMs: 2_000 };
const WITHIN = { timeout: 150_000, interval: 100 };

async function register(shop: Shop, sink: FaultSink): Promise<string> {
  const body = { url: sink.urlOf('partner'), events: ['customer.created'] };
  return (await shop.data<{ id: string }>(201, 'POST', '/api/v1/webhooks', body)).id;
}

/** Customers of whom the partner was told, as often as it was. */
function tellings(sink: FaultSink): string[] {
  const bodies = sink.of('partner').map((one) => JSON.parse(one.body) as { data: { id?: string } });
  return bodies.flatMap(({ data: { id } }) => (id === undefined ? [] : [id]));
}

const told = (sink: FaultSink): Set<string> => new Set(tellings(sink));

it.skipIf(!hasNatsServer)('without NATS nothing is refused, and all of it is delivered when it is back (needs nats-server)', async () => {
  await using server = await startNatsServer();
  await using sink = await startFaultSink();
  await using stack = await startStack({
    topology: 'all-in-one',
    openBus: (databaseUrl) => openEventBus({ natsUrl: server.url, databaseUrl, logger: silentLogger }),
  });
  const shop = await openShop(stack);
  await register(shop, sink);
  const before = await shop.customer();
  await expect.poll(() => told(sink).has(before.id), WITHIN).toBe(true);
  await server.kill();
  const made: string[] = [];
  for (let n = 0; n < 20; n += 1) made.push((await shop.customer()).id);
  await using database = openClient(stack.databaseUrl);
  const waiting = 'select count(*)::int as n from customers.outbox where published_at is null';
  expect((await database.query(waiting)).rows).toEqual([{ n: made.length }]);
  await server.start();
  await expect.poll(() => made.filter((id) => !told(sink).has(id)), WITHIN).toEqual([]);
  printCounts('without NATS', { accepted: made.length, delivered: told(sink).size - 1 });
});

/** A PostgreSQL that goes away and comes back, as often as it is asked to. */
type Unsteady = AsyncDisposable & { readonly url: string; readonly times: number; away(): Promise<void>; back(): Promise<void> };

/** The network between: nobody can know what became of what was under way. */
async function cutOff(): Promise<Unsteady> {
  await using opened = new AsyncDisposableStack();
  const way = opened.use(await standBetween(opened.use(await createTestDatabase()).url));
  const all = opened.move();
  return {
    url: way.url,
    times: CUTS,
    away: async () => way.goAway(),
    back: async () => way.comeBack(),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

/** The server itself: by turns it is killed, and loses what it had not told its disk, and restarted. */
async function ended(): Promise<Unsteady> {
  const server = await startOwnPostgres();
  let times = 0;
  return {
    url: server.url,
    times: ENDS,
    away: () => server.end(times++ % 2 === 0 ? 'SIGKILL' : 'SIGINT'),
    back: server.start,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

const OUTAGES = [
  { outage: 'cut off', skip: false, needs: '', open: cutOff },
  { outage: 'killed and restarted', skip: !hasPostgresBinaries, needs: ' (needs the binaries of PostgreSQL)', open: ended },
];

for (const { outage, skip, needs, open } of OUTAGES)
  it.skipIf(skip)(
    `while PostgreSQL is ${outage} nothing is accepted that is not durable, replays included${needs}`,
    { timeout: 400_000 },
    async () => {
      await using postgres = await open();
      await using sink = await startFaultSink();
      await using stack = await startStack({
        topology: 'all-in-one',
        databaseUrl: postgres.url,
        engine: ENGINE,
        openBus: (databaseUrl) => openEventBus({ databaseUrl, logger: silentLogger }),
      });
      const shop = await openShop(stack);
      const webhook = await register(shop, sink);
      const random = createRandom('persist or refuse');
      const accepted = new Set<string>();
      const statuses = new Map<number, number>();
      const ask = async (path: string, body: object): Promise<void> => {
        const { status, body: answer } = await shop.call('POST', path, body);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        if (status < 300) accepted.add((answer as { data: { id: string } }).data.id);
      };
      using ending = abortAtEnd();
      const clients = Array.from({ length: 4 }, async (_, client) => {
        for (let n = 0; !ending.signal.aborted; n += 1) {
          await ask('/api/v1/customers', { email: `c${client}-${n}@example.com`, name: 'Ada Lovelace' });
          if (n % 10 === 0)
            await ask(`/api/v1/webhooks/${webhook}/replays`, { what: 'failed', since: new Date(client * 1_000_000 + n).toISOString() });
        }
      });
      for (let times = 0; times < postgres.times; times += 1) {
        await pause(random.int(200, 600));
        await postgres.away();
        await pause(random.int(100, 400));
        await postgres.back();
        // As many as before come through again.
        const known = accepted.size;
        await expect.poll(() => accepted.size, WITHIN).toBeGreaterThan(known + 5);
      }
      ending.abort();
      await Promise.all(clients);
      await using database = openClient(postgres.url);
      const durable = await database.query(
        'select c.id from customers.customer c join customers.outbox o on o.aggregate_id = c.id union all select id from webhooks.replay_job',
      );
      const kept = new Set(durable.rows.map(({ id }) => String(id)));
      const customers = [...accepted].filter((id) => id.startsWith('cust_'));
      const untold = (): string[] => {
        const known = told(sink);
        return customers.filter((id) => !known.has(id));
      };
      await expect.poll(untold, WITHIN).toEqual([]);
      const counts = { outages: postgres.times, accepted: accepted.size, customers: customers.length, durable: kept.size };
      printCounts(`PostgreSQL ${outage}`, {
        ...counts,
        'accepted and lost': [...accepted].filter((id) => !kept.has(id)).length,
        'customers told of twice': tellings(sink).length - told(sink).size,
        answers: JSON.stringify([...statuses]),
      });
      expect([...accepted].filter((id) => !kept.has(id))).toEqual([]);
      expect([...statuses.keys()].filter((status) => status !== 201 && status !== 409 && status < 500)).toEqual([]);
      expect([...statuses.keys()].some((status) => status >= 500)).toBe(true);
    },
  );

/** Aborts when it is disposed at the latest: what runs beside a test that failed ends with it. */
function abortAtEnd(): Disposable & { readonly signal: AbortSignal; abort(): void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort(), [Symbol.dispose]: () => controller.abort() };
}

function openClient(connectionString: string): AsyncDisposable & Pick<pg.Pool, 'query'> {
  const pool = new pg.Pool({ connectionString, max: 1 });
  return Object.assign(pool, { [Symbol.asyncDispose]: () => pool.end() });
}
