// The ground that sagas are killed on: a payment provider that outlives them, and a database with a shop per behaviour of a card, of which
// every kill gets a copy.
import { randomBytes } from 'node:crypto';
import { type CallerMessage, toCallerMessage } from '@portico/contracts/caller';
import { newId } from '@portico/contracts/ids';
import { startSubgraphs } from '@portico/local/start/start-subgraphs';
import { createTestDatabase, silentLogger, TEST_BLIND_INDEX_KEY, TEST_SECRET_KEYS, testCaller } from '@portico/service-kit/testing';
import pg from 'pg';
import { startTestSandbox, type TestSandbox } from '../../stack/start-test-sandbox.ts';
import type { Settings } from './saga-process.ts';
import type { ShopRequest } from './shop-request.ts';

export type Ground = AsyncDisposable & {
  readonly sandbox: TestSandbox;
  /** Settings on a copy of the database, which goes when it is disposed of. */
  copy(): Promise<AsyncDisposable & { readonly settings: Settings }>;
  /** A request that nobody has made yet, of the tenant that pays with this card. */
  request(token: string, options: { later: boolean }): ShopRequest;
};

type Shop = { caller: CallerMessage; customerId: string; productId: string };

const STOCK = 10;
const POOL_MAX = 12;

export async function openGround(tokens: readonly string[]): Promise<Ground> {
  await using opened = new AsyncDisposableStack();
  const sandbox = opened.use(await startTestSandbox(silentLogger));
  const template = opened.use(await createTestDatabase());
  const settingsOn = (databaseUrl: string): Settings => ({
    databaseUrl,
    poolMax: POOL_MAX,
    secretKeys: TEST_SECRET_KEYS,
    blindIndexKey: TEST_BLIND_INDEX_KEY,
    internalSecret: randomBytes(32).toString('hex'),
    provider: sandbox.config,
  });
  const shops = await openShops(settingsOn(template.url), tokens);
  const ground = opened.move();
  return {
    sandbox,
    async copy() {
      const name = `test_${randomBytes(8).toString('hex')}`;
      await administer(template.url, (original) => `create database "${name}" template "${original}"`);
      const url = new URL(template.url);
      url.pathname = `/${name}`;
      return {
        settings: settingsOn(url.href),
        [Symbol.asyncDispose]: () => administer(template.url, () => `drop database "${name}" with (force)`),
      };
    },
    request(token, { later }) {
      const shop = shops.get(token);
      if (shop === undefined) throw new Error(`There is no shop for ${token}.`);
      const idempotencySeed = newId('request');
      return {
        token,
        ...shop,
        caller: { ...shop.caller, idempotencySeed },
        orderId: newId('order', idempotencySeed),
        ...(later ? { paySeed: newId('request') } : {}),
      };
    },
    [Symbol.asyncDispose]: () => ground.disposeAsync(),
  };
}

/** A tenant of its own for every card, so that requests which are stopped while they hold locks do not wait for each other. */
async function openShops(settings: Settings, tokens: readonly string[]): Promise<Map<string, Shop>> {
  await using subgraphs = await startSubgraphs(settings, { loggerOf: () => silentLogger });
  const shops = tokens.map(async (token) => {
    const caller = testCaller();
    const make = async (document: string, input: object): Promise<string> =>
      (await subgraphs.client.execute<{ made: { id: string } }>(document, { input }, caller)).made.id;
    const customerId = await make('mutation C($input: CreateCustomerInput!) { made: createCustomer(input: $input) { id } }', {
      email: 'ada@example.com',
      name: 'Ada Lovelace',
    });
    const productId = await make('mutation P($input: CreateProductInput!) { made: createProduct(input: $input) { id } }', {
      sku: 'MUG',
      name: 'Blue mug',
      price: 12.5,
      currency: 'USD',
      status: 'active',
    });
    await make('mutation I($input: AddInventoryInput!) { made: addInventory(input: $input) { id } }', { sku: 'MUG', quantity: STOCK });
    return [token, { caller: toCallerMessage(caller), customerId, productId }] as const;
  });
  return new Map(await Promise.all(shops));
}

/** Runs one statement on the server's own database. */
async function administer(url: string, statement: (database: string) => string): Promise<void> {
  const server = new URL(url);
  const database = server.pathname.slice(1);
  server.pathname = '/postgres';
  const client = new pg.Client({ connectionString: server.href });
  await client.connect();
  try {
    await client.query(statement(database));
  } finally {
    await client.end();
  }
}
