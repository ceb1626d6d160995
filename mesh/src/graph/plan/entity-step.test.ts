import type { Caller } from '@portico/contracts/caller';
import { GraphQLError } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createGraphRequest } from '../graph-request.ts';
import type { SubgraphResult, Variables } from '../subgraph-fetch.ts';
import { entityStep } from './entity-step.ts';
import type { ExecutionState, Gathered } from './execution-state.ts';
import type { FetchNode, PathStep } from './plan-node.ts';

const caller: Caller = { accountId: 'acct_1', mode: 'test', scopes: new Set(), actor: 'test', requestId: 'req_1' };
const keys = (...names: string[]) => names.map((name) => ({ kind: 'Field', name }));
const FETCH: FetchNode = {
  kind: 'Fetch',
  serviceName: 'products',
  operation: 'query($representations:[_Any!]!){_entities(representations:$representations){...on Product{name}}}',
  requires: [{ typeCondition: 'Product', selections: keys('__typename', 'id') }],
};
const PATH: readonly PathStep[] = [{ Field: 'items' }, '@', { Field: 'product' }];
const ref = (id: string | null) => ({ __typename: 'Product', id });

type Answer = SubgraphResult | Promise<SubgraphResult>;
async function run(
  data: Gathered | null,
  answer: Answer,
  options: { path?: readonly PathStep[]; fetch?: FetchNode; given?: Variables } = {},
) {
  const asked: Variables[] = [];
  const clients = {
    products: {
      prepare: () => (variables: Variables) => {
        asked.push(variables);
        return answer;
      },
      close: () => Promise.resolve(),
    },
  };
  const state: ExecutionState = { data, errors: [], variables: options.given ?? {}, request: createGraphRequest(caller) };
  await entityStep(options.path ?? PATH, options.fetch ?? FETCH, { clients, hot: false })(state);
  return { asked, data: state.data, errors: state.errors.map(({ message, path, extensions }) => ({ message, path, extensions })) };
}
const found = (...entities: (object | null)[]) => ({ data: { _entities: entities } });
const failed = (path: (string | number)[] | undefined) => new GraphQLError('No.', { path, extensions: { code: 'CONFLICT' } });
const at = (...path: (string | number)[]) => ({ message: 'No.', path, extensions: { code: 'CONFLICT' } });

describe('a fetch of entities', () => {
  const items = () => [{ product: ref('1') }, { product: ref('2') }, { product: ref('1') }];

  it('asks for each entity once, by its key alone', async () => {
    const data = { items: [{ product: { ...ref('1'), price: 5 } }, { product: ref('2') }, { product: ref('1') }] };
    const { asked } = await run(data, found(null, null));
    expect(asked).toEqual([{ representations: [ref('1'), ref('2')] }]);
  });

  it('tells entities apart by all of a composite key', async () => {
    const fetch = { ...FETCH, requires: [{ typeCondition: 'Product', selections: keys('__typename', 'id', 'sku') }] };
    const keyed = (id: string, sku: string) => ({ product: { ...ref(id), sku } });
    const { asked } = await run({ items: [keyed('1', '23'), keyed('12', '3'), keyed('1', '23')] }, found(), { fetch });
    expect(asked[0]?.representations).toEqual([
      { ...ref('1'), sku: '23' },
      { ...ref('12'), sku: '3' },
    ]);
  });

  it.each([
    ['at once', found({ name: 'Saw' }, { name: 'Nail' })],
    ['later', Promise.resolve(found({ name: 'Saw' }, { name: 'Nail' }))],
  ])('puts an answer that comes %s into every place that it belongs', async (_, answer) => {
    const { data } = await run({ items: items() }, answer);
    const saw = { product: { ...ref('1'), name: 'Saw' } };
    expect(data).toEqual({ items: [saw, { product: { ...ref('2'), name: 'Nail' } }, saw] });
  });

  it('adds to what is there, object by object and item by item', async () => {
    const there = { ...ref('1'), size: { width: 1 }, tags: [{ a: 1 }, { a: 2 }] };
    const { data } = await run({ items: [{ product: there }] }, found({ size: { height: 2 }, tags: [{ b: 3 }, { b: 4 }] }));
    const tags = [
      { a: 1, b: 3 },
      { a: 2, b: 4 },
    ];
    expect(data).toEqual({ items: [{ product: { ...ref('1'), size: { width: 1, height: 2 }, tags } }] });
  });

  it('leaves an entity as it is that its subgraph does not have', async () => {
    const { data, errors } = await run({ items: items() }, found(null, { name: 'Nail' }));
    expect(data).toEqual({ items: [{ product: ref('1') }, { product: { ...ref('2'), name: 'Nail' } }, { product: ref('1') }] });
    expect(errors).toEqual([]);
  });

  it.each<[string, SubgraphResult]>([
    ['fewer', found({ name: 'Nail' })],
    ['more', found({ name: 'Saw' }, { name: 'Nail' }, { name: 'Axe' })],
    ['none', found()],
    ['no list', { data: { _entities: { name: 'Saw' } } }],
    ['nothing', { data: null }],
  ])('takes %s than it asked for as no answer: nobody knows which is whose', async (_, answer) => {
    const { data, errors } = await run({ items: items() }, answer);
    expect(data).toEqual({ items: items() });
    expect(errors).toEqual([
      { message: expect.any(String), path: ['items', 0, 'product'], extensions: expect.objectContaining({ code: 'UPSTREAM_ERROR' }) },
    ]);
  });

  it.each<[string, Gathered | null]>([
    ['no data', null],
    ['an empty list', { items: [] }],
    ['a null on the way', { items: null }],
    ['nulls in the places', { items: [{ product: null }, null] }],
    ['an entity without its key', { items: [{ product: ref(null) }, { product: { __typename: 'Product' } }] }],
    ['an entity of another type', { items: [{ product: { __typename: 'Bundle', id: '1' } }] }],
  ])('asks nothing where there is %s', async (_, data) => {
    const before = structuredClone(data);
    const result = await run(data, found({ name: 'Saw' }));
    expect(result).toEqual({ asked: [], data: before, errors: [] });
  });

  it('skips the places without an entity and keeps the others apart', async () => {
    const data = { items: [{ product: null }, { product: ref('1') }, { product: ref(null) }, { product: ref('2') }] };
    const result = await run(data, found({ name: 'Saw' }, { name: 'Nail' }));
    expect(result.asked).toEqual([{ representations: [ref('1'), ref('2')] }]);
    expect(result.data?.items).toEqual([
      { product: null },
      { product: { ...ref('1'), name: 'Saw' } },
      { product: ref(null) },
      { product: { ...ref('2'), name: 'Nail' } },
    ]);
  });

  it('reaches into lists in lists, and names places in them by all positions', async () => {
    const path: readonly PathStep[] = [{ Field: 'grid' }, '@', '@'];
    const answer = { ...found({ name: 'Saw' }, null), errors: [failed(['_entities', 1, 'name'])] };
    const { asked, data, errors } = await run({ grid: [[ref('1')], [], [ref('2'), ref('1')]] }, answer, { path });
    expect(asked).toEqual([{ representations: [ref('1'), ref('2')] }]);
    expect(data).toEqual({ grid: [[{ ...ref('1'), name: 'Saw' }], [], [ref('2'), { ...ref('1'), name: 'Saw' }]] });
    expect(errors).toEqual([at('grid', 2, 0, 'name')]);
  });

  it('passes on the variables that its operation uses, and no others', async () => {
    const fetch = { ...FETCH, variableUsages: ['size', 'number'] };
    const { asked } = await run({ items: items() }, found(), { fetch, given: { size: 2, secret: 'x' } });
    expect(asked).toEqual([{ size: 2, representations: [ref('1'), ref('2')] }]);
  });
});

describe('an error of an entity', () => {
  const items = () => [{ product: ref('1') }, { product: ref('2') }, { product: ref('1') }];

  it('is an error at its place in the answer', async () => {
    const { data, errors } = await run({ items: items() }, { ...found({ name: 'Saw' }, null), errors: [failed(['_entities', 1, 'name'])] });
    expect(errors).toEqual([at('items', 1, 'product', 'name')]);
    expect(data?.items).toEqual([
      { product: { ...ref('1'), name: 'Saw' } },
      { product: ref('2') },
      { product: { ...ref('1'), name: 'Saw' } },
    ]);
  });

  it('is an error at every place of the entity', async () => {
    const { errors } = await run({ items: items() }, { ...found(null, null), errors: [failed(['_entities', 0, 'tags', 3])] });
    expect(errors).toEqual([at('items', 0, 'product', 'tags', 3), at('items', 2, 'product', 'tags', 3)]);
  });

  it.each([
    ['without a path', undefined],
    ['of all entities', ['_entities']],
  ])('is said once when it is %s, at the first place', async (_, path) => {
    const { data, errors } = await run({ items: items() }, { data: null, errors: [failed(path)] });
    expect(errors).toEqual([at('items', 0, 'product')]);
    expect(data).toEqual({ items: items() });
  });

  it('keeps what caused it', async () => {
    const cause = new Error('inner');
    const errors = [new GraphQLError('No.', { path: ['_entities', 0], originalError: cause })];
    const state: ExecutionState = { data: { items: items() }, errors: [], variables: {}, request: createGraphRequest(caller) };
    const clients = { products: { prepare: () => () => ({ ...found(null, null), errors }), close: () => Promise.resolve() } };
    await entityStep(PATH, FETCH, { clients, hot: false })(state);
    expect(state.errors.map((error) => error instanceof GraphQLError && error.originalError)).toEqual([cause, cause]);
  });
});

describe('compiling a fetch of entities', () => {
  const noClients = { clients: {}, hot: false };
  it('refuses a subgraph that nobody can reach', () => {
    expect(() => entityStep(PATH, FETCH, noClients)).toThrow('There is no subgraph products.');
  });

  it('refuses keys inside of objects', async () => {
    const selections = [{ kind: 'InlineFragment' }];
    await expect(run({}, found(), { fetch: { ...FETCH, requires: [{ typeCondition: 'Product', selections }] } })).rejects.toThrow(
      'Nested keys',
    );
  });
});
