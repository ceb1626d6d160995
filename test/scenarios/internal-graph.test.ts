import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openShop, type Shop } from '../stack/shop.ts';
import { type Stack, startStack, TOPOLOGIES } from '../stack/start-stack.ts';

type Answer = { data?: Record<string, never> | null; errors?: { message: string; extensions: { code: string; details?: object } }[] };

describe.each(TOPOLOGIES)('the graph for internal teams, %s', (topology) => {
  let stack: Stack;
  let shop: Shop;
  let reader: string;
  let writer: string;
  beforeAll(async () => {
    stack = await startStack({ topology, shared: true });
    shop = await openShop(stack, { account: 'team', mode: 'test' });
    const issue = async (permissions: ('graph:read' | 'graph:write')[]): Promise<string> =>
      (await stack.admin.serviceTokens.issue({ account: 'team', mode: 'test', subject: 'service:reporting', permissions })).token;
    reader = await issue(['graph:read']);
    writer = await issue(['graph:read', 'graph:write']);
    await shop.stocked(5);
  });
  afterAll(() => stack?.[Symbol.asyncDispose]());

  async function ask(token: string | undefined, query: string, variables: object = {}): Promise<{ status: number; answer: Answer }> {
    const response = await fetch(`${stack.internalUrl}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
      body: JSON.stringify({ query, variables }),
    });
    return { status: response.status, answer: (await response.json()) as Answer };
  }
  const PRODUCTS = '{ products(page: { size: 10 }) { items { sku inventory { available } } } }';
  const CREATE = 'mutation { createProduct(input: { sku: "G", name: "g", price: 1, currency: "USD" }) { sku } }';

  it('answers a token that may read, over subgraphs, and is not on the public listener', async () => {
    const { answer } = await ask(reader, PRODUCTS);
    expect(answer).toEqual({ data: { products: { items: [{ sku: expect.any(String), inventory: { available: 5 } }] } } });
    expect((await fetch(`${stack.url}/graphql`, { method: 'POST' })).status).toBe(404);
  });

  it('changes things only for a token that may write', async () => {
    expect((await ask(reader, CREATE)).answer.errors?.[0]?.extensions).toMatchObject({
      code: 'AUTHORIZATION_ERROR',
      details: { requiredScope: 'graph:write' },
    });
    expect((await ask(writer, CREATE)).answer).toEqual({ data: { createProduct: { sku: 'G' } } });
  });

  it('refuses every token that is not a valid one of ours', async () => {
    const [header = '', payload = '', signature = ''] = reader.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const forge = (change: object, head: object = {}): string =>
      [
        { ...JSON.parse(Buffer.from(header, 'base64url').toString()), ...head },
        { ...claims, ...change },
      ]
        .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
        .join('.');
    const tokens = [
      undefined,
      'x',
      `${forge({}, { alg: 'none' })}.`,
      `${forge({ permissions: ['graph:write'] })}.${signature}`,
      `${forge({}, { kid: 'sig_other' })}.${signature}`,
      `${forge({}, { alg: 'HS256' })}.${signature}`,
      `${header}.${payload}`,
      'x'.repeat(9_000),
    ];
    for (const token of tokens) {
      const { status, answer } = await ask(token, PRODUCTS);
      expect([status, answer.errors?.[0]?.extensions.code]).toEqual([401, 'AUTHENTICATION_ERROR']);
    }
  });

  it('has limits that fragments cannot hide from', async () => {
    const wide =
      '{ orders(page: { size: 100 }) { items { customer { orders(page: { size: 100 }) { items { customer { orders(page: { size: 100 }) { items { id } } } } } } } } }';
    const hidden = `query { ...A } fragment A on Query { orders(page: { size: 100 }) { items { customer { orders(page: { size: 100 }) { items { ...B } } } } } } fragment B on Order { id status total currency notes }`;
    const deep = `{ orders(page: { size: 1 }) { items ${'{ customer { orders(page: { size: 1 }) { items '.repeat(5)}{ id }${' } } }'.repeat(5)} } }`;
    for (const query of [wide, hidden, deep])
      expect((await ask(reader, query)).answer.errors?.[0]?.message).toMatch(/The query (?:asks for up to|is) \d+/);
  });

  it('describes itself to whoever may read, whole, as code generators ask', async () => {
    const { answer } = await ask(reader, getIntrospectionQuery());
    const types = answer.data?.__schema as unknown as { types: { name: string }[] };
    expect(types.types.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['Order', 'Product', 'Customer', 'InventoryItem', 'Payment']),
    );
    expect((await ask(writer.slice(0, -4), getIntrospectionQuery())).status).toBe(401);
  });

  it('tells errors by code without the inside', async () => {
    const strange = [
      '{ products(page: { size: 1 }, filter: { sku: ["\\u0000"] }) { items { id } } }',
      '{ orders(page: { size: 1 }, filter: { createdAfter: "0000-01-01" }) { items { id } } }',
      '{ orders(page: { size: 1 }, filter: { createdAfter: "2026-02-30" }) { items { id } } }',
    ];
    const { answer: byVariable } = await ask(
      reader,
      'query ($at: DateTime) { orders(page: { size: 1 }, filter: { createdAfter: $at }) { items { id } } }',
      { at: '0000-01-01' },
    );
    expect(byVariable.errors?.[0]?.extensions.code).toBe('VALIDATION_ERROR');
    for (const query of strange) expect((await ask(reader, query)).answer.errors?.[0]?.extensions.code).toBe('VALIDATION_ERROR');
    const { answer } = await ask(reader, '{ products(page: { size: 0 }) { items { id } } }');
    expect(answer.errors?.[0]?.extensions.code).toBe('VALIDATION_ERROR');
    expect(JSON.stringify(answer)).not.toMatch(/stack|node_modules|select /);
  });

  it('says once what a query gets wrong', async () => {
    const { answer } = await ask(reader, '{ products(page: { size: 1 }) { items { nothing } } }');
    expect(answer.errors?.map(({ message }) => message)).toEqual([expect.stringContaining('"nothing"')]);
  });

  it.each(['orders', 'products', 'customers'])('refuses to search %s for a text longer than anybody types', async (list) => {
    const query = `query ($q: String) { ${list}(page: { size: 1 }, filter: { q: $q }) { items { id } } }`;
    for (const q of ['x'.repeat(201), 'x '.repeat(250_000)]) {
      const { answer } = await ask(reader, query, { q });
      const details = { 'filter.q': 'It must have at most 200 characters.' };
      expect(answer.errors?.map(({ extensions }) => extensions)).toEqual([{ code: 'VALIDATION_ERROR', details }]);
    }
  });

  it('reads no more of a body than is allowed, whatever its length claims', async () => {
    const body = JSON.stringify({ query: `{ products(page: { size: 1 }) { items { id } } } #${'x'.repeat(2_000_000)}` });
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${reader}` };
    const url = `${stack.internalUrl}/graphql`;
    expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(413);
    const chunked = new Blob([body]).stream();
    expect((await fetch(url, { method: 'POST', headers, body: chunked, duplex: 'half' } as RequestInit)).status).toBe(400);
  });

  it('sees the tenant of the token alone', async () => {
    await stack.key({ account: 'other-team' });
    const { token } = await stack.admin.serviceTokens.issue({
      account: 'other-team',
      mode: 'test',
      subject: 'service:x',
      permissions: ['graph:read'],
    });
    expect((await ask(token, PRODUCTS)).answer).toEqual({ data: { products: { items: [] } } });
  });
});
