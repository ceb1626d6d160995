import { connect, createServer, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { openDatabase } from '../database/orm.ts';
import { OutboxEvent } from '../outbox/outbox.ts';
import { createTestDatabase } from '../testing.ts';

/** Stands between a program and PostgreSQL. `freeze`: nothing comes through the connections that there are; new ones work. */
async function standBetween(databaseUrl: string): Promise<AsyncDisposable & { url: string; freeze(): void }> {
  const url = new URL(databaseUrl);
  const [port, host] = [Number(url.port || 5432), url.hostname];
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(port, host);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on('error', () => {}).on('data', (bytes) => other.write(bytes));
      one.once('close', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  Object.assign(url, { hostname: '127.0.0.1', port: (server.address() as { port: number }).port });
  return {
    url: url.href,
    freeze() {
      for (const socket of sockets) socket.removeAllListeners('data').pause();
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

it('a connection that owes an answer and says nothing is given up, and its place in the pool is free', async () => {
  await using server = await createTestDatabase();
  await using between = await standBetween(server.url);
  await using database = await openDatabase({
    program: 'test',
    databaseUrl: between.url,
    schema: 'shop',
    entities: [OutboxEvent],
    migrations: {},
    tenantTables: [],
    poolMax: 4,
  });
  const asked = (): Promise<unknown>[] => [
    database.run('select 1 as one', []),
    database.read('select 1 as one', []),
    database.fork().transactional((em) => em.execute('select 1 as one')),
  ];
  await Promise.all(asked());
  between.freeze();
  const outcomes = await Promise.allSettled(asked());
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(outcomes).toMatchObject([{ reason: { code: 'SERVICE_UNAVAILABLE' } }, { reason: { code: 'SERVICE_UNAVAILABLE' } }, {}]);
  expect(await Promise.all(asked())).toHaveLength(3);
}, 60_000);
