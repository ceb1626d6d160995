import { buildSchema, Kind, type OperationDefinitionNode, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { compileProjection } from './compile-projection.ts';

const schema = buildSchema(`
  type Query { thing: Thing mustThing: Thing! things: [Thing] mustThings: [Thing!] allThings: [Thing!]! named: Named }
  type Thing { id: ID! name: String part: Part mustPart: Part! parts: [Part!]! grid: [[Part!]!] }
  type Part { code: String! note: String thing: Thing }
  interface Named { name: String }
  type Mutation { change: Thing! }
`);

function project(text: string, data: Record<string, unknown> | null) {
  const document = parse(text);
  const operation = document.definitions.find((node): node is OperationDefinitionNode => node.kind === Kind.OPERATION_DEFINITION);
  if (operation === undefined) throw new Error('A document without an operation.');
  return compileProjection(schema, document, operation)(data);
}

describe('a projection', () => {
  it('cuts what the planner gathered beside what was asked', () => {
    const gathered = { thing: { __typename: 'Thing', id: '1', name: 'a', part: { code: 'x', note: 'n' } }, things: [] };
    expect(project('{ thing { name part { code } } }', gathered).data).toEqual({ thing: { name: 'a', part: { code: 'x' } } });
  });

  it('answers in the order of the document', () => {
    const { data } = project('{ b: thing { name id } a: thing { id } }', { a: { id: '1' }, b: { id: '2', name: null } });
    expect(JSON.stringify(data)).toBe('{"b":{"name":null,"id":"2"},"a":{"id":"1"}}');
  });

  it('answers null for what may be absent and is', () => {
    expect(project('{ thing { id name part { note } } things { id } }', { thing: { id: '1' } })).toEqual({
      data: { thing: { id: '1', name: null, part: null }, things: null },
      missing: [],
    });
  });

  it('reads under the aliases of the document', () => {
    const { data } = project('{ a: thing { b: name id: name } }', { a: { b: 'x', id: 'y', name: 'z' } });
    expect(data).toEqual({ a: { b: 'x', id: 'y' } });
  });

  it('knows the types by themselves, whatever was gathered', () => {
    const { data } = project('{ t: __typename thing { __typename kind: __typename part { __typename } } }', { thing: { part: {} } });
    expect(data).toEqual({ t: 'Query', thing: { __typename: 'Thing', kind: 'Thing', part: { __typename: 'Part' } } });
  });

  it('merges what fragments and repeated fields ask of one place', () => {
    const text = `
      { thing { part { code } ...Rest ... on Thing { part { thing { id } } } ... { name } } }
      fragment Rest on Thing { id ...Deep }
      fragment Deep on Thing { part { note } }
    `;
    const { data } = project(text, { thing: { id: '1', name: 'a', part: { code: 'x', note: 'n', thing: { id: '2', name: 'cut' } } } });
    expect(data).toEqual({ thing: { id: '1', name: 'a', part: { code: 'x', note: 'n', thing: { id: '2' } } } });
  });

  it('serves a mutation by the fields of mutations', () => {
    expect(project('mutation { change { id } }', { change: { id: '1', name: 'cut' } }).data).toEqual({ change: { id: '1' } });
  });

  it('leaves nothing of an answer that failed as a whole', () => {
    expect(project('{ mustThing { id } }', null)).toEqual({ data: null, missing: [] });
  });

  it('does not change what was gathered', () => {
    const gathered = { thing: { id: '1', part: { note: 'n' } }, things: [{ name: 'a' }] };
    const before = structuredClone(gathered);
    project('{ thing { id part { code } } things { id } }', gathered);
    expect(gathered).toEqual(before);
  });

  it('refuses abstract types', () => {
    expect(() => project('{ named { name } }', {})).toThrow('Abstract types are not compiled.');
  });

  it('refuses a field that the schema does not have', () => {
    expect(() => project('{ thing { price } }', {})).toThrow('Thing has no field price.');
  });
});

describe('a null in a non-null place', () => {
  const whole = { id: '1', mustPart: { code: 'x' } };
  const holed = { id: '2', mustPart: { note: 'n' } };
  it.each([
    {
      name: 'empties the nullable object that it is in, and nothing beside it',
      text: '{ thing { id part { code note } } }',
      given: { thing: { id: '1', part: { code: null, note: 'n' } } },
      data: { thing: { id: '1', part: null } },
      missing: [['thing', 'part', 'code']],
    },
    {
      name: 'climbs through non-null objects to the first that may be null',
      text: '{ thing { mustPart { code } } things { id } }',
      given: { thing: holed, things: [{ id: '3' }] },
      data: { thing: null, things: [{ id: '3' }] },
      missing: [['thing', 'mustPart', 'code']],
    },
    {
      name: 'empties only its own place in a list whose items may be null',
      text: '{ things { mustPart { code } } }',
      given: { things: [whole, holed, null, whole] },
      data: { things: [{ mustPart: { code: 'x' } }, null, null, { mustPart: { code: 'x' } }] },
      missing: [['things', 1, 'mustPart', 'code']],
    },
    {
      name: 'empties the whole list whose items may not be null',
      text: '{ mustThings { mustPart { code } } things { id } }',
      given: { mustThings: [whole, holed], things: [] },
      data: { mustThings: null, things: [] },
      missing: [['mustThings', 1, 'mustPart', 'code']],
    },
    {
      name: 'empties the list when it is an item itself',
      text: '{ mustThings { id } }',
      given: { mustThings: [whole, null] },
      data: { mustThings: null },
      missing: [['mustThings', 1]],
    },
    {
      name: 'climbs out of lists in lists',
      text: '{ thing { id grid { code } } }',
      given: { thing: { id: '1', grid: [[{ code: 'x' }], [{ code: 'y' }, {}]] } },
      data: { thing: { id: '1', grid: null } },
      missing: [['thing', 'grid', 1, 1, 'code']],
    },
    {
      name: 'is found where a whole required list is absent',
      text: '{ thing { id parts { note } } }',
      given: { thing: { id: '1' } },
      data: { thing: null },
      missing: [['thing', 'parts']],
    },
    {
      name: 'is found where the aliases of the document say',
      text: '{ a: thing { b: part { c: code } } }',
      given: { a: { b: {} } },
      data: { a: { b: null } },
      missing: [['a', 'b', 'c']],
    },
    {
      name: 'is found in every place that it empties',
      text: '{ things { id part { code } } thing { id } }',
      given: { things: [{ id: '1', part: {} }, { part: { code: 'x' } }], thing: { name: 'a' } },
      data: { things: [{ id: '1', part: null }, null], thing: null },
      missing: [
        ['things', 0, 'part', 'code'],
        ['things', 1, 'id'],
        ['thing', 'id'],
      ],
    },
    {
      name: 'takes the whole answer when nothing above it may be null',
      text: '{ thing { id } allThings { parts { code } } }',
      given: { thing: { id: '1' }, allThings: [{ parts: [{ code: 'x' }, { code: null }] }] },
      data: null,
      missing: [['allThings', 0, 'parts', 1, 'code']],
    },
    { name: 'takes the whole answer from the root', text: '{ mustThing { id } }', given: {}, data: null, missing: [['mustThing']] },
  ])('$name', ({ text, given, data, missing }) => {
    expect(project(text, given)).toEqual({ data, missing });
  });
});
