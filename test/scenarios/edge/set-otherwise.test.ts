import { openPostgresBus } from '@portico/service-kit/bus/postgres/postgres-bus';
import { createTestDatabase, silentLogger } from '@portico/service-kit/testing';
import pg from 'pg';
import { expect, it } from 'vitest';
import { openShop } from '../../stack/shop.ts';
import { startStack } from '../../stack/start-stack.ts';

const SETTINGS = {
  DateStyle: 'SQL, DMY',
  TimeZone: 'Asia/Kathmandu',
  IntervalStyle: 'sql_standard',
  bytea_output: 'escape',
  extra_float_digits: '-5',
  search_path: 'nowhere',
  default_transaction_isolation: 'serializable',
  lock_timeout: '1ms',
};
const BUYERS = 20;
const STOCK = 10;

it('whatever is set on the database: instants are the same, orders compete for stock, and their events arrive', async () => {
  await using database = await createTestDatabase();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const name = new URL(database.url).pathname.slice(1);
  for (const [setting, value] of Object.entries(SETTINGS)) await client.query(`alter database "${name}" set ${setting} = '${value}'`);
  await client.end();
  await using stack = await startStack({
    topology: 'all-in-one',
    poolMax: BUYERS,
    databaseUrl: database.url,
    openBus: (databaseUrl) => openPostgresBus({ databaseUrl, logger: silentLogger }),
  });
  const shop = await openShop(stack);
  const before = Date.now();
  const { id: productId } = await shop.stocked(STOCK);
  const { createdAt } = await shop.data<{ createdAt: string }>(200, 'GET', `/api/v1/products/${productId}`);
  expect(Date.parse(createdAt) - before).toBeGreaterThanOrEqual(0);
  expect(Date.parse(createdAt) - Date.now()).toBeLessThanOrEqual(0);
  const { id: customerId } = await shop.customer();
  const order = (i: number) => ({ customerId, notes: `Order ${i}`, items: [{ productId, quantity: 1 }] });
  const replies = await Promise.all(Array.from({ length: BUYERS }, (_, i) => shop.call('POST', '/api/v1/orders', order(i))));
  const codes = replies.map(({ status, body }) => (status === 201 ? 'placed' : (body as { error: { code: string } }).error.code));
  expect(codes.toSorted()).toEqual([
    ...Array.from({ length: BUYERS - STOCK }, () => 'INSUFFICIENT_INVENTORY'),
    ...Array.from({ length: STOCK }, () => 'placed'),
  ]);
  const placed = async () => ((await shop.call('GET', '/api/v1/events?event=order.created')).body as { data: unknown[] }).data;
  await expect.poll(placed).toHaveLength(STOCK);
});
