// What is around the resources of an answer, in the conventions of a version.
import { EXAMPLE } from '../contracts/v1/examples.ts';
import type { Conventions } from '../rest/declare/version.ts';

type Schema = { readonly [keyword: string]: unknown };

/** The schemas that every operation refers to. */
export function describeEnvelope({ name, paging, error }: Conventions): Record<string, Schema> {
  const byCursor = {
    ...complete({
      [name('nextCursor')]: { type: ['string', 'null'] },
      [name('prevCursor')]: { type: ['string', 'null'] },
      limit: { type: 'integer' },
    }),
    title: 'By cursor',
  };
  return {
    Error: error.schema,
    Meta: {
      type: 'object',
      required: [name('requestId')],
      properties: { [name('requestId')]: { type: 'string', examples: [EXAMPLE.requestId] }, warnings: WARNINGS },
    },
    Pagination:
      paging === 'cursor'
        ? { ...byCursor, description: 'Of a walk by cursor.' }
        : { description: 'Of a page by number, or of a walk by cursor.', oneOf: [BY_PAGE, byCursor] },
  };
}

export function exampleMeta({ name }: Conventions): object {
  return { [name('requestId')]: EXAMPLE.requestId };
}

export function examplePagination({ name, paging }: Conventions): object {
  return paging === 'cursor'
    ? { [name('nextCursor')]: null, [name('prevCursor')]: null, limit: 20 }
    : { page: 1, perPage: 20, total: 1, totalPages: 1 };
}

/** The parameters by which a list is walked. */
export function describePaging({ paging }: Conventions): Record<string, object> {
  return paging === 'cursor' ? BY_CURSOR : { ...BY_NUMBER, ...BY_CURSOR };
}

const WARNINGS: Schema = {
  type: 'array',
  description: 'There while what was asked is deprecated.',
  items: complete({ code: { const: 'DEPRECATED' }, message: { type: 'string', description: 'For people; it may change.' } }),
};

const BY_PAGE: Schema = {
  ...complete({
    page: { type: 'integer' },
    perPage: { type: 'integer' },
    total: { type: 'integer' },
    totalPages: { type: 'integer' },
  }),
  title: 'By page',
};

const BY_NUMBER = {
  page: {
    name: 'page',
    in: 'query',
    description: 'Counts from 1. Pages reach to the 1,000,000th resource; a cursor reaches all.',
    schema: { type: 'integer', minimum: 1, default: 1 },
  },
  perPage: {
    name: 'perPage',
    in: 'query',
    description: 'Resources per page.',
    schema: { type: 'integer', minimum: 1, maximum: 100, default: 20 },
  },
};

const BY_CURSOR = {
  cursor: {
    name: 'cursor',
    in: 'query',
    description: 'Place to read on from, as an answer gave it; empty for the start. Constant cost at any depth.',
    schema: { type: 'string' },
  },
  limit: {
    name: 'limit',
    in: 'query',
    description: 'Resources per step of a walk by cursor.',
    schema: { type: 'integer', minimum: 1, maximum: 100, default: 20 },
  },
};

function complete(properties: Readonly<Record<string, Schema>>): Schema {
  return { type: 'object', required: Object.keys(properties), properties };
}
