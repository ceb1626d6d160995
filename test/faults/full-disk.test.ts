// An external PostgreSQL whose tables have no room left, though its log has: it goes on, and refuses what would need another page.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, mkdirSync, mkdtempSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '@portico/local/embedded-postgres/start-embedded-postgres';
import { openPostgresBus } from '@portico/service-kit/bus/postgres/postgres-bus';
import type { LogFields } from '@portico/service-kit/logger';
import { silentLogger } from '@portico/service-kit/testing';
import pg from 'pg';
import { expect, it } from 'vitest';
import type { Reply } from '../stack/send.ts';
import { openShop } from '../stack/shop.ts';
import { startStack } from '../stack/start-stack.ts';
import { eventIdOf, startFaultSink } from './sink.ts';

const NAME = 'full_disk';
/** What is left of the disk: some products find room. */
const LEFT_BYTES = 256 * 1024;
const REFUSALS = 50;
/** More than results fit into what is left of a page. */
const HELD = 60;
const LEASE_MS = 4_000;
/** Which of the two has no room first is the page's business. */
const CANNOT = new Set(['complete attempts', 'claim deliveries']);

type SmallDisk = AsyncDisposable & {
  /** Of a database whose tables are on it. */
  readonly url: string;
  /** Leaves so much of it. */
  fill(leftBytes: number): void;
  empty(): void;
};

/** Undefined where this may not mount one. */
async function openSmallDisk(): Promise<SmallDisk | undefined> {
  await using opened = new AsyncDisposableStack();
  const dir = mkdtempSync(join(tmpdir(), 'portico-full-disk-'));
  opened.defer(() => rmSync(dir, { recursive: true }));
  const room = join(dir, 'room');
  mkdirSync(room);
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=96m,mode=755', 'tmpfs', room], { stdio: 'ignore' }).status !== 0) return undefined;
  opened.defer(() => void spawnSync('umount', [room]));
  const postgres = await startEmbeddedPostgres({ dataDir: join(dir, 'data'), durable: false, log: () => {} });
  opened.defer(() => postgres.stop());
  const server = new pg.Client({ connectionString: postgres.url });
  await server.connect();
  opened.defer(() => server.end());
  const { rows } = await server.query<{ place: string }>(`select current_setting('data_directory') as place`);
  const { uid, gid } = statSync(rows[0]?.place ?? '');
  const tables = join(room, 'tables');
  mkdirSync(tables);
  for (const path of [dir, room, tables]) chownSync(path, uid, gid);
  await server.query(`create tablespace small location '${tables}'`);
  await server.query(`create database ${NAME} tablespace small`);
  const url = new URL(postgres.url);
  url.pathname = `/${NAME}`;
  const filler = join(room, 'filler');
  const kept = opened.move();
  return {
    url: url.href,
    fill(leftBytes) {
      const { bavail, bsize } = statfsSync(room);
      writeFileSync(filler, Buffer.alloc(bavail * bsize - leftBytes));
    },
    empty: () => rmSync(filler),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

it('a full disk refuses writes with 503 and says so in few lines; nothing is lost, and all goes on once there is room (needs to mount one)', async ({
  skip,
}) => {
  await using disk = await openSmallDisk();
  if (disk === undefined) return skip();
  const lines: string[] = [];
  const write = ({ operation = '' }: LogFields, message: string): void => void lines.push(`${message} ${operation}`.trim());
  const loggerOf = () => ({ ...silentLogger, warn: write, error: write });
  await using stack = await startStack({
    topology: 'all-in-one',
    databaseUrl: disk.url,
    loggerOf,
    openBus: (databaseUrl) => openPostgresBus({ databaseUrl, logger: loggerOf() }),
  });
  const shop = await openShop(stack);
  disk.fill(LEFT_BYTES);

  const post = (i: number) => {
    // Random, because what repeats is kept compressed.
    const given = { sku: `FULL-${i}`, name: 'Mug', description: randomBytes(2_000).toString('hex'), price: 1, currency: 'USD' };
    return () => shop.call('POST', '/api/v1/products', given, { headers: { 'idempotency-key': `full-${i}` } });
  };
  const accepted: string[] = [];
  const refused: (() => Promise<Reply>)[] = [];
  for (let i = 0; refused.length < REFUSALS; i += 1) {
    const send = post(i);
    const reply = await send();
    if (reply.status === 201) accepted.push((reply.body as { data: { id: string } }).data.id);
    else {
      expect([reply.status, reply.headers.get('retry-after')]).toEqual([503, '1']);
      refused.push(send);
    }
  }
  for (const id of accepted) expect((await shop.call('GET', `/api/v1/products/${id}`)).status).toBe(200);
  const inBackground = () => lines.filter((line) => line !== 'request failed');
  await expect.poll(inBackground).toContain('could not write the request log; trying again request log');
  const background = inBackground();
  // A line for each kind of work that cannot go on, not one for each try.
  expect(background).toEqual([...new Set(background)]);

  disk.empty();
  for (const send of refused) await expect.poll(async () => (await send()).status).toBeLessThan(300);
  await using counter = await openCounter(disk.url);
  const { count } = counter;
  const made = accepted.length + refused.length;
  expect(await count(`products.product where sku like 'FULL-%'`)).toBe(made);
  await expect.poll(() => count('products.outbox where published_at is null'), { timeout: 20_000 }).toBe(0);
  await expect.poll(() => count(`access.request_log where status = 503`), { timeout: 20_000 }).toBeGreaterThanOrEqual(REFUSALS);
  console.info(
    `full disk: ${accepted.length} accepted, ${refused.length} refused and made later, ${background.length} lines of background work`,
  );
}, 180_000);

it('a full disk has no webhook sent twice: what could not be written down is not claimed again, and what waited is sent once there is room (needs to mount one)', async ({
  skip,
}) => {
  await using disk = await openSmallDisk();
  if (disk === undefined) return skip();
  await using sink = await startFaultSink();
  const lines: string[] = [];
  const logger = { ...silentLogger, warn: ({ operation = '' }: LogFields) => void lines.push(`${operation}`) };
  await using stack = await startStack({
    topology: 'all-in-one',
    databaseUrl: disk.url,
    loggerOf: () => logger,
    engine: { leaseMs: LEASE_MS, timeoutMs: LEASE_MS / 2 },
    openBus: (databaseUrl) => openPostgresBus({ databaseUrl, logger: silentLogger }),
  });
  const shop = await openShop(stack);
  await using counter = await openCounter(disk.url);
  const { count } = counter;
  const given = { url: sink.urlOf('partner'), events: ['customer.created'] };
  const { id } = await shop.data<{ id: string }>(201, 'POST', '/api/v1/webhooks', given);
  // Its lease leaves room for others in the page that it was in.
  await shop.customer();
  await expect.poll(() => count(`webhooks.delivery where status = 'succeeded'`)).toBe(1);
  const before = sink.of('partner').length;
  await shop.data(200, 'POST', `/api/v1/webhooks/${id}/pause`, {});
  for (let i = 0; i < HELD; i += 1) await shop.customer();
  await expect.poll(() => count('webhooks.delivery')).toBe(1 + HELD);
  disk.fill(0);
  await shop.data(200, 'POST', `/api/v1/webhooks/${id}/resume`, {});
  await expect.poll(() => lines).toSatisfy(() => lines.some((operation) => CANNOT.has(operation)));
  const sent = (): string[] => sink.of('partner').slice(before).map(eventIdOf);
  const atFirst = sent().length;
  expect(atFirst).toBeLessThan(HELD);
  // Twice as long as it is nobody else's.
  const until = performance.now() + 2 * LEASE_MS;
  await expect.poll(() => performance.now(), { interval: 100 }).toBeGreaterThan(until);
  expect(new Set(sent()).size).toBe(sent().length);

  disk.empty();
  await expect.poll(() => count(`webhooks.delivery where status = 'succeeded'`), { timeout: 60_000 }).toBe(1 + HELD);
  expect(new Set(sent()).size).toBe(HELD);
  console.info(`full disk: ${atFirst} of ${HELD} webhooks sent at first, ${sent().length - HELD} twice`);
}, 180_000);

async function openCounter(connectionString: string) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  return {
    count: async (text: string): Promise<unknown> => (await client.query(`select count(*)::int as n from ${text}`)).rows[0].n,
    [Symbol.asyncDispose]: () => client.end(),
  };
}
