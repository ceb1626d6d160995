// The same random documents three ways: by compiled plans, by Mesh's stitched execution, and by graphql-js over one schema with all rows.

import { readFileSync } from 'node:fs';
import type { Caller } from '@portico/contracts/caller';
import { AppError } from '@portico/contracts/errors';
import type { SubgraphEndpoint } from '@portico/service-kit/graph/graph';
import { createLogger } from '@portico/service-kit/logger';
import { buildSchema as buildSubgraph } from '@portico/service-kit/subgraph/build-schema';
import { SCALARS } from '@portico/service-kit/subgraph/scalars';
import { NO_TRACING } from '@portico/service-kit/tracing/tracing';
import * as graphql from 'graphql';
import { type GraphQLSchema, getNamedType, isObjectType, parse } from 'graphql';
import { afterAll, describe, expect, it } from 'vitest';
import { openGraph } from '../open-graph.ts';
import { createSubgraphClient, type Variables } from '../subgraph-fetch.ts';
import { readSubgraphSchemas, supergraphFile } from '../subgraph-schemas.ts';
import { compileOperation } from './compile-operation.ts';
import { createPlanner } from './plan-node.ts';

type Row = Readonly<Record<string, unknown>> & { readonly id: string };
type Args = { readonly id?: string; readonly sku?: string; readonly page?: { readonly size: number; readonly number?: number | null } };

const SEEDS = [20_260_131, 7, 1_815, 4_242];
const DOCUMENTS_PER_SEED = 100;
const PLANNED_SHARE_MIN = 0.9;
const DEPTH_MAX = 4;

const stamp = { createdAt: '2026-01-31 09:30:00.5+00', updatedAt: '2026-02-01 00:00:00+00', version: 3, currency: 'EUR', total: 300 };
const address = { street: 'Long Lane 1', line2: null, city: 'York', state: null, postalCode: 'YO1', country: 'GB' };
const stocked = { quantity: 9, reserved: 2, available: 7, lowStockThreshold: 3, lowStock: false, location: null };
const item = (productId: string): Row => ({ ...stamp, ...stocked, id: `i-${productId}`, sku: `SKU-${productId}`, productId });
const lines = (...products: string[]) => products.map((productId, i) => ({ ...item(productId), id: `l${i}`, name: 'Saw', unitPrice: 150 }));
const customer = { email: 'a@example.com', name: 'Ada', phone: null, address, status: 'active' };
const order = { status: 'pending', items: [], shippingAddress: address, notes: null, cancelReason: null };
const payment = { orderId: 'o1', amount: 300, status: 'succeeded', method: 'card', failureReason: null, reference: null };
const product = { name: 'Saw', description: null, category: 'tools', price: 150, status: 'active' };
const rows = (shared: object, changes: Readonly<Record<string, object>>): Row[] =>
  Object.entries(changes).map(([id, change]) => ({ ...stamp, sku: `SKU-${id}`, ...shared, ...change, id }));

/** With holes: customer c9, product p4 and order o9 are only ever referred to, p2 has no inventory. */
const ROWS: Readonly<Record<string, readonly Row[]>> = {
  Customer: rows(customer, { c1: {}, c2: { email: null, name: null, address: null, status: 'erased' }, c3: { phone: '1' } }),
  Product: rows(product, { p1: {}, p2: { category: null }, p3: { description: 'Flat' } }),
  InventoryItem: ['p1', 'p3', 'p4'].map(item),
  Order: rows(order, {
    o1: { customerId: 'c1', items: lines('p1', 'p2', 'p1') },
    o2: { customerId: 'c3', items: lines('p3'), shippingAddress: null },
    o3: { customerId: 'c1', notes: 'Ring twice' },
    o4: { customerId: 'c9', items: lines('p1') },
    o5: { customerId: 'c2', items: lines('p2', 'p4') },
  }),
  Payment: rows(payment, { y1: {}, y2: { orderId: 'o2' }, y3: { status: 'failed' }, y4: { orderId: 'o9' }, y5: { orderId: 'o4' } }),
};

/** What cannot be read, and of which row: in nullable and in required places, where a document starts and behind joins. */
const BROKEN: Readonly<Record<string, string>> = {
  'Query.product': 'broken',
  'Customer.phone': 'c3',
  'Customer.orders': 'c2',
  'Product.inventory': 'p3',
  'Product.category': 'p2',
  'Order.notes': 'o3',
  'Order.payments': 'o5',
  'InventoryItem.lowStock': 'i-p4',
};

const rowOf = (type: string, id: unknown) => ROWS[type]?.find((row) => row.id === id) ?? null;
const rowsWhere = (type: string, key: string, value: unknown) => (ROWS[type] ?? []).filter((row) => row[key] === value);
/** A row of another subgraph is known by its key; what is asked of it may be missing all the same. */
const keyOf = (field: string) => `${field}Id`;
function pageOf(rows: readonly Row[], { page = { size: 1 } }: Args) {
  const start = ((page.number ?? 1) - 1) * page.size;
  return { items: rows.slice(start, start + page.size), total: rows.length, nextCursor: null, prevCursor: 'first' };
}

const OWN_JOINS: Readonly<Record<string, (id: string, args: Args) => unknown>> = {
  'Customer.orders': (id, args) => pageOf(rowsWhere('Order', 'customerId', id), args),
  'Product.inventory': (id) => rowsWhere('InventoryItem', 'productId', id)[0] ?? null,
  'Order.payments': (id) => rowsWhere('Payment', 'orderId', id),
};

function resolveField(source: Row, args: Args, _context: unknown, info: graphql.GraphQLResolveInfo) {
  const place = `${info.parentType.name}.${info.fieldName}`;
  const type = getNamedType(info.returnType).name.replace(/Page$/, '');
  if (BROKEN[place] !== undefined && BROKEN[place] === (source?.id ?? args.id)) throw new AppError('CONFLICT', `${place} is broken.`);
  if (args.id !== undefined) return rowOf(type, args.id);
  if (args.sku !== undefined) return rowsWhere(type, 'sku', args.sku)[0] ?? null;
  const id = source?.[keyOf(info.fieldName)];
  if (id !== undefined) return { ...(info.schema.getType('_Entity') === undefined ? rowOf(type, id) : {}), id };
  if (OWN_JOINS[place] !== undefined) return OWN_JOINS[place](source.id, args);
  return args.page === undefined ? source[info.fieldName] : Promise.resolve(pageOf(ROWS[type] ?? [], args));
}

function resolveAll(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('_')) continue;
    for (const field of Object.values(type.getFields())) if (!field.name.startsWith('_')) field.resolve = resolveField;
  }
  for (const [name, { serialize }] of Object.entries(SCALARS)) Object.assign(schema.getType(name) ?? {}, { serialize });
  return schema;
}

function subgraphSchema(sdl: string): GraphQLSchema {
  const types = parse(sdl).definitions.filter((node) => node.kind === graphql.Kind.OBJECT_TYPE_DEFINITION);
  const references = types.map(({ name: { value: type }, fields = [] }) => {
    const isOwner = fields.some(({ name }) => name.value === 'createdAt');
    const find = async (_: unknown, keys: readonly Row[]) => keys.map(({ id }) => (isOwner ? rowOf(type, id) : { id }));
    return [type, { scope: 'orders:read' as const, resolve: find }];
  });
  return resolveAll(buildSubgraph(sdl, {}, Object.fromEntries(references)));
}

/** mulberry32: small, and the same everywhere. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A valid document: random fields to a random depth, under aliases, in fragments, with arguments in place and in variables. */
function randomDocument(schema: GraphQLSchema, random: () => number): string {
  const fragments: string[] = [];
  const joined = new Set<string>();
  let aliases = 0;
  const chance = (share: number) => random() < share;
  const pick = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)] as Item; // no list here is empty
  const alias = () => `a${aliases++}: `;

  function fieldOf(type: graphql.GraphQLObjectType, depth: number): string {
    const fields = Object.values(type.getFields());
    const objects = fields.filter((field) => isObjectType(getNamedType(field.type)));
    const isDeeper = depth === 0 || (depth < DEPTH_MAX && objects.length > 0 && chance(0.5));
    const { name, args, ...field } = pick(isDeeper ? objects : fields.filter((each) => !objects.includes(each)));
    const under = getNamedType(field.type);
    const target = under.name.replace('Page', '');
    // Two joins to one subgraph are batched by the planner, which is not compiled; without them nearly all documents have a plan.
    if (keyOf(name) in type.getFields() || `${type.name}.${name}` in OWN_JOINS) {
      if (joined.has(target)) return '__typename';
      joined.add(target);
    }
    const ids = (ROWS[under.name] ?? []).map((row) => row[args[0]?.name ?? 'id']);
    const given = args.some((arg) => arg.name === 'page')
      ? pick(['page: { size: 1 }', 'page: { size: 9 }', 'page: { size: 2, number: 2 }', 'page: { size: $size, number: $number }'])
      : `${args[0]?.name}: "${pick([...ids, 'gone', 'broken'])}"`;
    const call = args.length === 0 ? name : `${name}(${given})`;
    return `${args.length > 0 || chance(0.2) ? alias() : ''}${call}${isObjectType(under) ? selection(under, depth + 1) : ''}`;
  }

  function selection(type: graphql.GraphQLObjectType, depth: number): string {
    const parts = Array.from({ length: pick([1, 2, 3]) + Math.sign(depth) }, () => fieldOf(type, depth));
    if (depth > 0 && chance(0.1)) parts.push(`${alias()}__typename`);
    if (depth > 0 && chance(0.15)) parts.push(`... ${chance(0.5) ? `on ${type.name} ` : ''}${selection(type, depth)}`);
    if (depth > 0 && chance(0.15)) {
      const place = fragments.push('') - 1;
      fragments[place] = `fragment F${place} on ${type.name} ${selection(type, depth)}`;
      parts.push(`...F${place}`);
    }
    return `{ ${parts.join(' ')} }`;
  }

  const query = schema.getQueryType();
  const text = [query ? selection(query, 0) : '', ...fragments].join('\n');
  return `query${text.includes('$size') ? '($size: Int! = 2, $number: Int)' : ''} ${text}`;
}

/**
 * Errors at places that are in the answer, exactly; of others the place that they emptied. How many errors are found beside the one
 * that takes their parent away is not specified: graphql-js stops at the first, subgraphs that are asked at the same time find more.
 */
function errorsOf({ data, errors = [] }: graphql.ExecutionResult): string[] {
  const all = errors.map(({ path = [], extensions }) => {
    let value: unknown = data; // along a path there are only objects and lists
    let depth = 0;
    for (; depth < path.length && value !== null; depth += 1) value = (value as Record<string, unknown>)[String(path[depth])];
    const place = path.slice(0, depth).join('.');
    return depth < path.length ? `empty: ${place}` : `${extensions.code ?? 'INTERNAL_ERROR'}: ${place}`;
  });
  return all.filter((error, i) => !error.startsWith('empty') || all.indexOf(error) === i).sort();
}

describe('a compiled plan', async () => {
  const shared = { internalSecret: '', requestTimeoutMs: 1_000, logger: createLogger({ program: 'test', level: 'silent' }) };
  const subgraphs = Object.entries(readSubgraphSchemas()).map(([name, sdl]): [string, SubgraphEndpoint] => {
    return [name, { kind: 'in-process', schema: subgraphSchema(sdl), createContext: (caller) => ({ caller }) }];
  });
  const options = { ...shared, supergraphSdl: readFileSync(supergraphFile, 'utf8'), subgraphs: Object.fromEntries(subgraphs) };
  const planner = createPlanner(options.supergraphSdl);
  const clients = Object.fromEntries(
    subgraphs.map(([name, endpoint]) => [name, createSubgraphClient(name, endpoint, { ...shared, tracing: NO_TRACING })]),
  );
  const caller: Caller = { accountId: 'acct_1', mode: 'test', scopes: new Set(['read', 'write']), actor: 'test', requestId: 'req_1' };
  const compiled = await openGraph({ ...options, execution: 'compiled' });
  const stitched = await openGraph({ ...options, execution: 'stitched' });
  const whole = resolveAll(graphql.buildSchema(graphql.printSchema(compiled.schema)));
  afterAll(() => Promise.all([compiled[Symbol.asyncDispose](), stitched[Symbol.asyncDispose]()]));

  const isPlanned = (document: graphql.DocumentNode) =>
    compileOperation({ schema: compiled.schema, planner, clients }, document, undefined, false) !== undefined;
  async function compare(text: string, variableValues: Variables, hot: boolean): Promise<{ planned: boolean; failed: boolean }> {
    const document = parse(text, { noLocation: true });
    expect(graphql.validate(compiled.schema, document), text).toEqual([]);
    if (hot) compiled.warm(document);
    const answer = await compiled.execute(document, variableValues, caller);
    const byStitching = await stitched.execute(document, variableValues, caller);
    const expected = await graphql.execute({ schema: whole, document, variableValues });
    const planned = isPlanned(document);
    expect(answer.data, text).toEqual(expected.data);
    expect(byStitching.data, text).toEqual(expected.data);
    // Stitching loses the positions in lists from the paths of errors behind joins.
    expect(byStitching.errors === undefined, text).toBe(answer.errors === undefined);
    if (planned) expect(errorsOf(answer), text).toEqual(errorsOf(expected));
    return { planned, failed: answer.errors !== undefined };
  }

  it.each(SEEDS)('answers random documents as stitching and as one whole schema do (seed %i)', async (seed) => {
    const random = seeded(seed);
    let [planned, failed] = [0, 0];
    for (let i = 0; i < DOCUMENTS_PER_SEED; i += 1) {
      const text = randomDocument(compiled.schema, random);
      const result = await compare(text, random() < 0.5 ? {} : { size: 3, number: 1 }, random() < 0.3);
      planned += Number(result.planned);
      failed += Number(result.failed);
    }
    expect(planned).toBeGreaterThanOrEqual(DOCUMENTS_PER_SEED * PLANNED_SHARE_MIN);
    // Holes are met, and whole answers too.
    expect(Math.abs(failed / DOCUMENTS_PER_SEED - 0.5)).toBeLessThan(0.3);
  });

  it.each([
    ['a mutation', true, 'mutation { cancelOrder(id: "o1") { customer { name } } deleteProduct(id: "p1") { inventory { sku } } }'],
    ['the root type by name in a fragment', true, '{ ... { __typename } order(id: "o1") { customer { name } } }'],
    ['the root type by name', false, '{ __typename order(id: "o1") { customer { name } } }'],
    ['introspection', false, '{ __schema { queryType { name } } order(id: "o1") { customer { name } } }'],
    ['a decision at run time', false, 'query($no: Boolean! = false) { order(id: "o1") { id @skip(if: $no) customer { name } } }'],
    ['joins in one batch', false, '{ order(id: "o1") { customer { name orders(page: { size: 9 }) { items { customer { status } } } } } }'],
  ])('answers %s right (by a plan: %s)', async (_, planned, text) => {
    expect(await compare(text, {}, false)).toEqual({ planned, failed: false });
  });

  it('says which required part does not exist where that empties a place that may be null', async () => {
    const document = parse('{ order(id: "o4") { id customer { status } } customer(id: "c1") { name } }');
    const { data, errors } = await compiled.execute(document, {}, caller);
    expect(data).toEqual({ order: null, customer: { name: 'Ada' } });
    expect(errors?.map(({ path, extensions }) => [extensions.code, path])).toEqual([['INTERNAL_ERROR', ['order', 'customer', 'status']]]);
  });

  it('is not made where an alias hides a key that a join needs', () => {
    expect(isPlanned(parse('{ customer(id: "c1") { id: name orders(page: { size: 1 }) { total } } }'))).toBe(false);
  });
});
