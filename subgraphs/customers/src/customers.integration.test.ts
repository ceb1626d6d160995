import type { Caller } from '@portico/contracts/caller';
import type { GraphClient } from '@portico/service-kit/graph/graph';
import { createKeyRing } from '@portico/service-kit/sealing/key-ring';
import { onStatement } from '@portico/service-kit/sql/statement-log';
import type { Subgraph } from '@portico/service-kit/subgraph/start-subgraph';
import { askSubgraph, createTestDatabase, silentLogger, TEST_SECRET_KEYS, testCaller, testSettings } from '@portico/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { start } from './server.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let customers: Subgraph;
const anonymized: string[] = [];
let ordersAreAway = false;
let clock = new Date();

/** Stands for the orders subgraph behind the graph. */
const graph: GraphClient = {
  async execute<Data>(_document: string, { id }: Readonly<Record<string, unknown>>) {
    if (ordersAreAway) throw new Error('away');
    anonymized.push(String(id));
    return { anonymizeOrders: 1 } as Data;
  },
};

async function startCustomers(secretKeys = TEST_SECRET_KEYS): Promise<Subgraph> {
  return start({ ...testSettings(database.url), secretKeys }, { graph, logger: silentLogger, now: () => clock, tasks: 'by-hand' });
}

beforeAll(async () => {
  database = await createTestDatabase();
  customers = await startCustomers();
});
afterAll(async () => {
  await customers?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

type Person = { id: string; email: string | null; name: string | null; status: string; version: number };
type Answer = {
  customer: Person | null;
  createCustomer: Person;
  updateCustomer: Person;
  eraseCustomer: Person;
  customers: { items: Person[]; total: number };
};

const ask = (caller: Caller, source: string, variables: Record<string, unknown> = {}): Promise<Answer> =>
  askSubgraph<Answer>(customers, caller, source, variables);

const FIELDS = '{ id email name phone address { street city postalCode country } status version }';
const CREATE = `mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) ${FIELDS} }`;
const ONE = `query ($id: ID!) { customer(id: $id) ${FIELDS} }`;
const LIST = 'query ($filter: CustomerFilter) { customers(filter: $filter, page: { number: 1, size: 20 }) { items { id } total } }';
const ada = {
  email: 'Ada@Example.com',
  name: 'Ada Lovelace',
  phone: '+44 20 7946 0000',
  address: { street: '12 St James Square', city: 'London', postalCode: 'SW1Y 4JH', country: 'GB' },
};

describe('customers', () => {
  it('gives back what was given, to its own tenant only', async () => {
    const caller = testCaller();
    const { createCustomer } = await ask(caller, CREATE, { input: ada });
    expect(createCustomer).toMatchObject({ ...ada, status: 'active', version: 1 });
    const { id } = createCustomer;
    expect((await ask(caller, ONE, { id })).customer).toEqual(createCustomer);
    expect((await ask(testCaller(), ONE, { id })).customer).toBeNull();
  });

  it('leaves no personal data readable in the database, its statements, or its events', async () => {
    const statements: string[] = [];
    using _ = onStatement(({ text }) => statements.push(text));
    const caller = testCaller();
    const { createCustomer } = await ask(caller, CREATE, { input: ada });
    await ask(caller, 'mutation ($id: ID!, $input: UpdateCustomerInput!) { updateCustomer(id: $id, input: $input) { id } }', {
      id: createCustomer.id,
      input: { name: 'Ada King' },
    });
    await ask(caller, LIST, { filter: { q: 'lovelace', email: ['ada@example.com'] } });
    const rows = await customers.database.run('/* all tenants: canary */ select to_jsonb(c) as c from customers.customer c', []);
    const events = await customers.database.run('select to_jsonb(o) as o from customers.outbox o', []);
    expect(events.length).toBeGreaterThan(0);
    expect(JSON.stringify([statements, rows, events])).not.toMatch(/ada@example|lovelace|king|7946|james/i);
  });

  it('finds an e-mail address in any case, and whole words of a name', async () => {
    const caller = testCaller();
    const { createCustomer } = await ask(caller, CREATE, { input: { ...ada, name: 'Zoë Müller' } });
    const found = async (filter: object): Promise<string[]> => (await ask(caller, LIST, { filter })).customers.items.map(({ id }) => id);
    expect(await found({ email: ['ADA@example.COM'] })).toEqual([createCustomer.id]);
    expect(await found({ q: 'zoe' })).toEqual([createCustomer.id]);
    expect(await found({ q: 'Muller ada@example.com' })).toEqual([createCustomer.id]);
    expect(await found({ q: 'Mull' })).toEqual([]);
    expect(await found({ q: '...' })).toEqual([]);
  });

  it('refuses a second customer with the same address, in another case too', async () => {
    const caller = testCaller();
    await ask(caller, CREATE, { input: ada });
    await expect(ask(caller, CREATE, { input: { ...ada, email: 'ada@EXAMPLE.com' } })).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(ask(testCaller(), CREATE, { input: ada })).resolves.toBeDefined();
  });

  it.each([
    [{ email: 'ada' }, 'email'],
    [{ name: ' ' }, 'name'],
    [{ address: { street: 'x', city: 'y', country: 'XX' } }, 'address.country'],
    [{ address: { street: 'x', city: 'y', postalCode: 'SW1Y' } }, 'address.postalCode'],
  ])('refuses %j, naming %s', async (change, field) => {
    await expect(ask(testCaller(), CREATE, { input: { ...ada, ...change } })).rejects.toMatchObject({
      code: 'VALIDATION_ERROR',
      details: { [field]: expect.any(String) },
    });
  });

  it('says customer.created once, without personal data', async () => {
    const caller = testCaller();
    const { createCustomer } = await ask(caller, CREATE, { input: ada });
    const events = await customers.database.run('select type, payload from customers.outbox where aggregate_id = $1', [createCustomer.id]);
    expect(events).toEqual([
      { type: 'customer.created', payload: { id: createCustomer.id, status: 'active', createdAt: expect.any(String) } },
    ]);
  });
});

describe('erasure', () => {
  const ERASE = `mutation ($id: ID!) { eraseCustomer(id: $id) ${FIELDS} }`;

  it('removes the person here and from the orders, and keeps the id', async () => {
    const caller = testCaller();
    const { id } = (await ask(caller, CREATE, { input: ada })).createCustomer;
    expect((await ask(caller, ERASE, { id })).eraseCustomer).toMatchObject({
      id,
      email: null,
      name: null,
      phone: null,
      address: null,
      status: 'erased',
    });
    expect((await ask(caller, ONE, { id })).customer).toMatchObject({ id, name: null, status: 'erased' });
    expect(anonymized).toContain(id);
    expect((await ask(caller, LIST, { filter: { q: 'ada' } })).customers.total).toBe(0);
    await expect(ask(caller, CREATE, { input: ada })).resolves.toBeDefined();
    await expect(ask(caller, 'mutation ($id: ID!) { updateCustomer(id: $id, input: { name: "x" }) { id } }', { id })).rejects.toMatchObject(
      { code: 'INVALID_STATE' },
    );
  });

  it('is finished later when the orders could not be reached, and told once more for orders that were being placed', async () => {
    const caller = testCaller();
    const { id } = (await ask(caller, CREATE, { input: ada })).createCustomer;
    ordersAreAway = true;
    expect((await ask(caller, ERASE, { id })).eraseCustomer.status).toBe('erased');
    ordersAreAway = false;
    expect(await customers.runTask('finish-erasures')).toBe(0);
    clock = new Date(clock.getTime() + 31_000);
    const runs = async (): Promise<number> => {
      let count = 0;
      while ((await customers.runTask('finish-erasures')) > 0) count += 1;
      return count;
    };
    expect(await runs()).toBe(1);
    expect(anonymized.filter((one) => one === id)).toHaveLength(1);
    clock = new Date(clock.getTime() + 301_000);
    expect(await runs()).toBeGreaterThan(0);
    expect(anonymized.filter((one) => one === id)).toHaveLength(2);
    clock = new Date(clock.getTime() + 301_000);
    expect(await runs()).toBe(0);
    // Asked for again, it is remembered again until the orders have been told.
    ordersAreAway = true;
    await ask(caller, ERASE, { id });
    ordersAreAway = false;
    clock = new Date(clock.getTime() + 31_000);
    expect(await runs()).toBe(1);
    expect(anonymized.filter((one) => one === id)).toHaveLength(3);
  });
});

describe('key rotation', () => {
  it('moves every row to the newest key, after which the old one can go', async () => {
    const caller = testCaller();
    const { id } = (await ask(caller, CREATE, { input: ada })).createCustomer;
    const second = `2:${Buffer.alloc(32, 9).toString('base64')}`;
    const rotated = await startCustomers(`${TEST_SECRET_KEYS},${second}`);
    expect(await rotated.runTask('reseal')).toBeGreaterThan(0);
    await expect.poll(() => rotated.runTask('reseal')).toBe(0);
    await rotated[Symbol.asyncDispose]();
    expect(() => createKeyRing(second)).not.toThrow();
    const after = await startCustomers(second);
    expect((await askSubgraph<Answer>(after, caller, ONE, { id })).customer).toMatchObject({
      name: 'Ada Lovelace',
      email: 'Ada@Example.com',
    });
    await after[Symbol.asyncDispose]();
  });
});
