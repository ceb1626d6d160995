// A standby takes over that has not got the last that the primary accepted: rows, counters and cursors go back, and the programs remember what is gone.
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '@portico/local/embedded-postgres/start-embedded-postgres';
import { openPostgresBus } from '@portico/service-kit/bus/postgres/postgres-bus';
import { silentLogger } from '@portico/service-kit/testing';
import pg from 'pg';
import { expect, it } from 'vitest';
import { openShop } from '../stack/shop.ts';
import { startStack } from '../stack/start-stack.ts';

const WITHIN = { timeout: 30_000 };

/** A server that can be stopped, and begin again with the data of an earlier stop, at the same address. */
async function openServer() {
  const dir = await mkdtemp(join(tmpdir(), 'portico-lost-tail-'));
  const start = () => startEmbeddedPostgres({ dataDir: join(dir, 'data'), durable: true, log: () => {} });
  let running = await start();
  const client = new pg.Client({ connectionString: running.url });
  await client.connect();
  const cluster = (await client.query(`select current_setting('data_directory') as place`)).rows[0].place;
  await client.end();
  const whileStopped = async (from: string, to: string): Promise<void> => {
    const { url } = running;
    await running.stop();
    await rm(to, { recursive: true, force: true });
    // With its owner, who is another one where this runs as root.
    execFileSync('cp', ['-a', from, to]);
    running = await start();
    expect(running.url).toBe(url);
  };
  const copy = `${cluster}-copy`;
  return {
    url: running.url,
    remember: () => whileStopped(cluster, copy),
    goBack: () => whileStopped(copy, cluster),
    async [Symbol.asyncDispose]() {
      await running.stop();
      await rm(copy, { recursive: true, force: true });
      await rm(dir, { recursive: true, force: true });
    },
  };
}

it('what a failover lost is shown no more, its totals and keys count no more, and events go on', async () => {
  await using server = await openServer();
  await using stack = await startStack({
    topology: 'all-in-one',
    databaseUrl: server.url,
    openBus: (databaseUrl) => openPostgresBus({ databaseUrl, logger: silentLogger }),
  });
  const shop = await openShop(stack);
  const isBack = () => expect.poll(async () => (await shop.call('GET', '/api/v1/products')).status, WITHIN).toBe(200);
  const list = async (fields: string) => {
    const { body } = await shop.call('GET', `/api/v1/products?perPage=1&sort=sku&order=asc&fields=${fields}`);
    const { data, pagination } = body as { data: { price: number }[]; pagination: { total: number } };
    return { price: data[0]?.price, total: pagination.total };
  };
  const second = { sku: 'B', name: 'Mug', price: 1, currency: 'USD' };
  const post = () => shop.call('POST', '/api/v1/products', second, { headers: { 'idempotency-key': 'second' } });

  const first = await shop.product({ sku: 'A', price: 10 });
  await server.remember();
  await isBack();
  expect((await post()).status).toBe(201);
  for (let time = 0; time < 3; time += 1) expect(await list('id,price')).toEqual({ price: 10, total: 2 });

  await server.goBack();
  await isBack();
  await shop.data(200, 'PUT', `/api/v1/products/${first.id}`, { price: 11 });
  expect(await list('id,price')).toEqual({ price: 11, total: 1 });
  expect(await list('price')).toEqual({ price: 11, total: 1 });
  const again = await post();
  expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([201, null]);
  const { id } = await shop.customer();
  const events = async () => ((await shop.call('GET', '/api/v1/events')).body as { data: { data: { id: string } }[] }).data;
  await expect.poll(events, WITHIN).toMatchObject([{ data: { id } }]);
}, 180_000);
