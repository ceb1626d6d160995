import { buildSchema, parse, specifiedRules, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { limitQueries, type QueryLimits } from './query-limits.ts';

const schema = buildSchema(`
  type Query { order(id: ID): Order, orders(page: PageInput!): OrderPage! }
  type Mutation { touch(id: ID!): Order }
  type OrderPage { items: [Order!]!, total: Int }
  type Order { id: ID!, status: String, customer: Customer }
  type Customer { id: ID!, name: String, orders(page: PageInput!): OrderPage! }
  input PageInput { number: Int, size: Int! }
`);
const ample: QueryLimits = { depthMax: 1_000, costMax: Number.MAX_SAFE_INTEGER };

/** What the rule alone has against a query that is otherwise valid, beside what all rules have. */
function problemsOf(query: string, limits: Partial<QueryLimits>): { message: string; code: unknown }[] {
  const errors = validate(schema, parse(query), [...specifiedRules, limitQueries({ ...ample, ...limits })]);
  return errors.map(({ message, extensions }) => ({ message, code: extensions.code }));
}

/** The query costs exactly this: that much is allowed, one less is not. */
function expectCost(query: string, cost: number): void {
  expect(problemsOf(query, { costMax: cost })).toEqual([]);
  expect(problemsOf(query, { costMax: cost - 1 })).toEqual([
    {
      message: `The query asks for up to ${cost} fields; at most ${cost - 1} are allowed. Ask for smaller pages.`,
      code: 'VALIDATION_ERROR',
    },
  ]);
}

function expectDepth(query: string, depth: number): void {
  expect(problemsOf(query, { depthMax: depth })).toEqual([]);
  expect(problemsOf(query, { depthMax: depth - 1 })).toEqual([
    { message: `The query is ${depth} levels deep; at most ${depth - 1} are allowed.`, code: 'VALIDATION_ERROR' },
  ]);
}

describe('the depth of a query', () => {
  it.each<[string, number, string]>([
    ['of fields', 3, '{ order { customer { id } } }'],
    ['under aliases', 3, '{ a: order { b: customer { c: id } } }'],
    ['of its deepest part', 4, '{ order { id } orders(page: { size: 1 }) { items { customer { id } } } }'],
    ['not of inline fragments, but of what is in them', 3, '{ ... { ... on Query { order { ... on Order { customer { id } } } } } }'],
    [
      'of fragments in fragments',
      3,
      'query { ...A } fragment A on Query { order { ...B } } fragment B on Order { customer { ...C } } fragment C on Customer { id }',
    ],
    ['of a mutation', 3, 'mutation { touch(id: 1) { customer { id } } }'],
  ])('is that %s', (_, depth, query) => expectDepth(query, depth));

  it('is that of a fragment where it is deepest, not where it is spread first', () => {
    expectDepth(
      'query { order { ...A customer { orders(page: { size: 1 }) { items { ...A } } } } } fragment A on Order { customer { id } }',
      6,
    );
  });
});

describe('the cost of a query', () => {
  it.each<[string, number, string]>([
    ['every field', 3, '{ order { id status } }'],
    ['every alias of a field', 6, '{ a: order { x: id y: id } b: order { x: id y: id } }'],
    ['what inline fragments hold', 4, '{ ... { order { ... on Order { id } ... { status x: id } } } }'],
    ['a fragment as often as it is spread', 6, 'query { a: order { ...A } b: order { ...A } } fragment A on Order { id status }'],
    ['a page times its size', 1 + 10 * 3, '{ orders(page: { size: 10 }) { total items { id } } }'],
    [
      'pages in pages',
      1 + 10 * (1 + 1 + 1 + 5 * 2),
      '{ orders(page: { size: 10 }) { items { customer { orders(page: { size: 5 }) { items { id } } } } } }',
    ],
    ['a fragment in a page', 1 + 10 * 3, 'query { orders(page: { size: 10 }) { ...P } } fragment P on OrderPage { items { id status } }'],
  ])('counts %s', (_, cost, query) => expectCost(query, cost));

  it.each<[string, string]>([
    ['is a variable', 'query ($n: Int!) { orders(page: { size: $n }) { total } }'],
    ['has a default', 'query ($n: Int! = 1) { orders(page: { size: $n }) { total } }'],
    ['is in a variable', 'query ($page: PageInput!) { orders(page: $page) { total } }'],
    ['is more than a page can have', '{ orders(page: { size: 2147483647 }) { total } }'],
  ])('counts a page as the largest when its size %s', (_, query) => expectCost(query, 101));

  it.each([0, -1, -2_147_483_648])('cannot be lowered by a page of size %i', (size) => {
    expectCost(`{ a: orders(page: { size: ${size} }) { total } b: orders(page: { size: 10 }) { total } }`, 2 + 11);
  });

  it('counts the names of types like other fields, because a list repeats them', () => {
    expectCost('{ orders(page: { size: 10 }) { items { a: __typename b: __typename } } }', 1 + 10 * 3);
  });

  it('is counted for every operation of a document', () => {
    expect(problemsOf('query A { order { id } } query B { order { id status } }', { costMax: 2 })).toHaveLength(1);
  });

  it('of fragments that double one another is counted at once', () => {
    const count = 60;
    const fragments = Array.from(
      { length: count },
      (_, i) => `fragment F${i} on Order { ...F${i + 1} customer { orders(page: { size: 1 }) { items { ...F${i + 1} } } } }`,
    );
    const query = `{ order { ...F0 } } ${fragments.join(' ')} fragment F${count} on Order { id }`;
    const errors = validate(schema, parse(query), [limitQueries({ ...ample, costMax: 20_000 })]);
    expect(errors.map(({ message }) => message)).toEqual([expect.stringMatching(/^The query asks for up to /)]);
  });

  it('ends for fragments that contain themselves, which is another rule’s to refuse', () => {
    const query =
      '{ order { ...A } } fragment A on Order { id customer { orders(page: { size: 1 }) { items { ...B } } } } fragment B on Order { ...A }';
    expect(problemsOf(query, {}).map(({ message }) => message)).toEqual(['Cannot spread fragment "A" within itself via "B".']);
  });
});

describe('introspection', () => {
  it('costs nothing and has no depth of its own', () => {
    const query =
      '{ __schema { types { name fields { name type { name ofType { name } } } } } __type(name: "Order") { name } order { id } }';
    expectCost(query, 2);
    expectDepth(query, 2);
  });
});
