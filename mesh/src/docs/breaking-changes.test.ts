import { describe, expect, it } from 'vitest';
import { VERSIONS } from '../contracts/versions.ts';
import { breakingChanges } from './breaking-changes.ts';
import { openapiDocument } from './openapi.ts';

const order = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    status: { type: 'string', enum: ['pending', 'shipped'] },
    total: { type: 'number' },
    customer: { $ref: '#/components/schemas/Customer' },
  },
  required: ['id'],
};
const body = {
  type: 'object',
  properties: {
    status: { type: 'string', enum: ['pending', 'shipped'] },
    notes: { type: ['string', 'null'], maxLength: 100 },
    address: { anyOf: [{ type: 'object', properties: { city: { type: 'string' } } }, { type: 'null' }] },
  },
  required: ['status'],
};
const json = (schema: object) => ({ content: { 'application/json': { schema } } });
const operation = {
  parameters: [{ name: 'q', in: 'query', schema: { type: 'string', minLength: 1 } }],
  requestBody: { ...json(body) },
  responses: { 200: json({ $ref: '#/components/schemas/Order' }), 404: { $ref: '#/components/responses/NOT_FOUND' } },
};
const document = {
  paths: { '/orders': { post: operation } },
  components: {
    schemas: {
      Order: order,
      Customer: { type: 'object', properties: { orders: { type: 'array', items: { $ref: '#/components/schemas/Order' } } } },
    },
    responses: { NOT_FOUND: json({ type: 'object', properties: { code: { type: 'string' } } }) },
  },
};

/** The document with one thing changed: `at` is a path of names. */
function changed(at: string, value: unknown): typeof document {
  const copy = structuredClone(document);
  const names = at.split(' ');
  const last = names.pop() ?? '';
  const holder = names.reduce<Record<string, unknown>>((found, name) => found[name] as Record<string, unknown>, copy);
  if (value === undefined) delete holder[last];
  else holder[last] = value;
  return copy;
}

const POST = 'paths /orders post';
const ORDER = 'components schemas Order';
const BODY = `${POST} requestBody content application/json schema`;

describe('a change of the contract', () => {
  it.each([
    ['a path that is gone', 'paths', {}, 'POST /orders is gone'],
    ['a parameter that is gone', `${POST} parameters`, [], 'POST /orders: the parameter q is gone'],
    ['a parameter that is required now', `${POST} parameters 0 required`, true, 'POST /orders: the parameter q is required'],
    [
      'a new parameter that is required',
      `${POST} parameters 1`,
      { name: 'r', in: 'query', required: true },
      'POST /orders: the new parameter r is required',
    ],
    ['a parameter with a narrower bound', `${POST} parameters 0 schema minLength`, 2, 'POST /orders q: minLength is 2'],
    ['a body that is required now', `${POST} requestBody required`, true, 'POST /orders: a body is required'],
    ['a property of the body that is gone', `${BODY} properties notes`, undefined, 'POST /orders body: notes is gone'],
    ['a property that is required now', `${BODY} required`, ['status', 'notes'], 'POST /orders body: notes is required'],
    ['a shorter text', `${BODY} properties notes maxLength`, 99, 'POST /orders body notes: maxLength is 99'],
    ['a pattern that was not there', `${BODY} properties notes pattern`, '^a', 'POST /orders body notes: pattern is ^a'],
    ['null, which is not taken any more', `${BODY} properties notes type`, 'string', /body notes: \["string","null"\] became "string"/],
    [
      'a word that is not taken any more',
      `${BODY} properties status enum`,
      ['pending'],
      'POST /orders body status: other values are allowed',
    ],
    ['an answer that is gone', `${POST} responses 404`, undefined, 'POST /orders: the answer 404 is gone'],
    ['a field that is gone', `${ORDER} properties total`, undefined, 'POST /orders 200: total is gone'],
    ['a field of another type', `${ORDER} properties total type`, 'string', /200 total: "number" became "string"/],
    ['a field that may be null now', `${ORDER} properties total type`, ['number', 'null'], /200 total: "number" became/],
    ['a field that is not always there', `${ORDER} required`, [], 'POST /orders 200: id is not always there'],
    [
      'a property within one of several',
      `${BODY} properties address anyOf 0 properties city`,
      undefined,
      'POST /orders body address: city is gone',
    ],
    [
      'a field of an error',
      'components responses NOT_FOUND content application/json schema properties code',
      undefined,
      /404: code is gone/,
    ],
  ])('breaks: %s', (_, at, value, problem) => {
    expect(breakingChanges(document, changed(at, value))).toEqual([typeof problem === 'string' ? problem : expect.stringMatching(problem)]);
  });

  it.each([
    ['a new path', 'paths /more', { get: operation }],
    ['a new parameter', `${POST} parameters 1`, { name: 'r', in: 'query' }],
    ['a new property of the body', `${BODY} properties more`, { type: 'string' }],
    ['a property that is not required any more', `${BODY} required`, []],
    ['a longer text', `${BODY} properties notes maxLength`, 101],
    ['a word more that is taken', `${BODY} properties status enum`, ['pending', 'shipped', 'lost']],
    ['a new field', `${ORDER} properties more`, { type: 'string' }],
    ['a word more that is answered', `${ORDER} properties status enum`, ['pending', 'shipped', 'lost']],
    ['a field that is always there now', `${ORDER} required`, ['id', 'total']],
    ['another description', `${POST} description`, 'other'],
  ])('adds: %s', (_, at, value) => {
    expect(breakingChanges(document, changed(at, value))).toEqual([]);
  });

  it('is none between a document and itself', () => {
    for (const contract of VERSIONS) expect(breakingChanges(openapiDocument(contract), openapiDocument(contract))).toEqual([]);
    const [first, second] = VERSIONS.map(openapiDocument);
    expect(breakingChanges(first ?? {}, second ?? {}).length).toBeGreaterThan(100);
  });
});
