// A deployment, as an orchestrator does it: first the new process, then the end of the old one. What balances between them follows what each
// process says of itself, and is a moment late.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:net';
import { createTestDatabase } from '@portico/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Balancer, startBalancer } from '../stack/balancer.ts';
import { startGatewayProcess } from '../stack/processes/gateway-process.ts';
import { type ProgramProcess, spawnProgram, startProgramProcess } from '../stack/processes/program-process.ts';
import { send } from '../stack/send.ts';
import { openShop, type Shop } from '../stack/shop.ts';
import { type Stack, startStack } from '../stack/start-stack.ts';
import { printCounts } from './counts.ts';

const CLIENTS = 8;
/** Answered requests between any two steps of a restart. */
const BETWEEN = 200;
const DELAY = { SHUTDOWN_DELAY_MS: '1500' };

describe('a rolling restart under traffic', () => {
  const opened = new AsyncDisposableStack();
  let stack: Stack;
  let shop: Shop;
  beforeAll(async () => {
    stack = opened.use(await startStack({ topology: 'distributed' }));
    shop = await openShop(stack);
    await shop.product();
  });
  afterAll(() => opened.disposeAsync());

  function startGateway(urls: Readonly<Record<string, string>>): Promise<ProgramProcess> {
    const subgraphs = Object.entries(urls).map(([name, url]) => [`${name.toUpperCase()}_URL`, url]);
    return startGatewayProcess(stack.databaseUrl, { ...Object.fromEntries(subgraphs), ...secret(), ...DELAY });
  }
  const startProducts = (): Promise<ProgramProcess> =>
    startProgramProcess('subgraph products', 1, {
      DATABASE_URL: stack.databaseUrl,
      GRAPH_URL: `${stack.internalUrl}/graphql`,
      ...secret(),
      ...DELAY,
    });
  const secret = () => ({ INTERNAL_SECRET: fleet().internalSecret });
  function fleet() {
    if (stack.fleet === undefined) throw new Error('The stack is not distributed.');
    return stack.fleet;
  }

  /** Two processes share the traffic; each is replaced by a new one and ends by itself. */
  async function replaceBoth(balancer: Balancer, start: () => Promise<ProgramProcess>, url = balancer.url): Promise<unknown[]> {
    const add = async (): Promise<ProgramProcess> => {
      const added = opened.use(await start());
      await balancer.add(new URL(added.urls[0] ?? '').origin);
      return added;
    };
    const old = await Promise.all([add(), add()]);
    return underTraffic(url, async (more) => {
      for (const process of old) {
        await more();
        await add();
        await more();
        expect(await process.end('SIGTERM')).toEqual([0, null]);
      }
      await more();
    });
  }

  /** Reads and writes go on while `work` runs; answers what did not succeed. */
  async function underTraffic(url: string, work: (more: () => Promise<void>) => Promise<void>): Promise<unknown[]> {
    let answered = 0;
    let isOver = false;
    const failed: unknown[] = [];
    const ask = (client: number): Promise<{ status: number; text: string }> =>
      client % 4 === 0
        ? send({ url }, 'POST', '/api/v1/products', { key: shop.key, body: { sku: randomUUID(), name: 'Mug', price: 1, currency: 'USD' } })
        : send({ url }, 'GET', '/api/v1/products?fields=id', { key: shop.key, headers: { 'cache-control': 'no-cache' } });
    const clients = Array.from({ length: CLIENTS }, async (_, client) => {
      while (!isOver) {
        const reply = await ask(client).catch((error: Error) => ({ status: 0, text: String(error.cause ?? error) }));
        if (reply.status >= 200 && reply.status < 300) answered += 1;
        else failed.push([reply.status, reply.text]);
      }
    });
    const more = async (): Promise<void> => {
      const from = answered + failed.length;
      await expect.poll(() => answered + failed.length, { interval: 20 }).toBeGreaterThan(from + BETWEEN);
    };
    await work(more).finally(() => {
      isOver = true;
    });
    await Promise.all(clients);
    printCounts('rolling restart', { answered, failed: failed.length });
    return failed;
  }

  it('of both gateways loses no request', async () => {
    await using balancer = await startBalancer('/api/health/ready');
    expect(await replaceBoth(balancer, () => startGateway(fleet().urls))).toEqual([]);
  });

  it('of both processes of a subgraph loses no request', async () => {
    await using balancer = await startBalancer('/health');
    await using gateway = await startGateway({ ...fleet().urls, products: `${balancer.url}/graphql` });
    expect(await replaceBoth(balancer, startProducts, gateway.urls[0])).toEqual([]);
  });
});

it('ends a program that is told to stop while it starts: process 1 of a container has no signals that it does not listen for', async () => {
  await using database = await createTestDatabase();
  const server = new URL(database.url);
  const between = createServer((incoming) => {
    const outgoing = connect(Number(server.port || 5432), server.hostname);
    incoming.on('error', () => outgoing.destroy()).pipe(outgoing);
    outgoing.on('error', () => incoming.destroy()).pipe(incoming);
  });
  // The start has come as far as its database. A second signal would end the program at once.
  between.once('connection', () => program.kill('SIGTERM'));
  between.listen(0, '127.0.0.1');
  await once(between, 'listening');
  const url = new URL(database.url);
  url.hostname = '127.0.0.1';
  url.port = String((between.address() as AddressInfo).port);
  const program = spawnProgram('subgraph products', { DATABASE_URL: url.href, GRAPH_URL: 'http://127.0.0.1:9/graphql' });
  expect(await once(program, 'exit')).toEqual([0, null]);
  between.close();
});
