import { AppError } from '@portico/contracts/errors';
import { covers } from '@portico/contracts/scopes';
import type { Source } from '../../rest/declare/fields.ts';
import { anyOfThese, searchText, wholeNumber } from '../../rest/declare/parameters.ts';
import { defineRoute } from '../../rest/declare/route.ts';
import { customer } from './customers.ts';
import { order } from './orders.ts';
import { product } from './products.ts';

// What a hit shows: enough to recognise it. The rest is one request away.
const KINDS = {
  products: { resource: product, fields: 'id,sku,name,price,currency,status', filterType: 'ProductFilter', scope: 'products:read' },
  customers: { resource: customer, fields: 'id,name,email,status', filterType: 'CustomerFilter', scope: 'customers:read' },
  orders: { resource: order, fields: 'id,customerId,status,total,currency,createdAt', filterType: 'OrderFilter', scope: 'orders:read' },
} as const;
type Kind = keyof typeof KINDS;
const NAMES = Object.keys(KINDS) as Kind[];

const LIMIT_DEFAULT = 5;
const LIMIT_MAX = 20;

type Found = Record<string, { items: Source[]; total: number }>;

export const searchRoutes = [
  defineRoute({
    kind: 'custom',
    method: 'GET',
    path: '/search',
    operationId: 'search',
    tag: 'Search',
    summary: 'Search products, customers and orders',
    description: 'Each kind needs its own read scope. Without `types` those are searched that the credentials may read.',
    scopes: [],
    limit: { limit: 60, windowSeconds: 60 },
    parameters: {
      q: { ...searchText('q', 'What to look for.'), required: true },
      types: anyOfThese(NAMES, 'types', 'Kinds to search.'),
      limit: {
        ...wholeNumber('limit', `Hits of each kind, at most ${LIMIT_MAX}.`),
        parse: (text) =>
          /^\d{1,2}$/.test(text) && Number(text) >= 1 && Number(text) <= LIMIT_MAX
            ? { value: Number(text) }
            : { problem: `It must be from 1 to ${LIMIT_MAX}.` },
      },
    },
    answerSchema: {
      type: 'object',
      properties: Object.fromEntries(
        NAMES.map((kind) => [
          kind,
          {
            type: 'object',
            properties: { total: { type: 'integer' }, items: { type: 'array', items: { type: 'object' } } },
            required: ['total', 'items'],
          },
        ]),
      ),
    },
    shows: KINDS,
    example: ({ products }) => ({ products: { total: 1, items: [products] } }),
    async run({ query, scopes, shown, ask }) {
      const asked = query.types as Kind[] | undefined;
      const kinds = NAMES.filter((kind) => asked?.includes(kind) ?? covers(scopes, KINDS[kind].scope));
      const forbidden = kinds.find((kind) => !covers(scopes, KINDS[kind].scope));
      const missing = forbidden === undefined ? (kinds.length === 0 ? 'products:read' : undefined) : KINDS[forbidden].scope;
      if (missing !== undefined)
        throw new AppError('AUTHORIZATION_ERROR', `This needs the scope ${missing}.`, { details: { requiredScope: missing } });
      const filters = Object.fromEntries(kinds.map((kind) => [kind, { q: query.q }]));
      const page = { number: 1, size: (query.limit as number | undefined) ?? LIMIT_DEFAULT };
      // Their searches run side by side.
      const variables = kinds.map((kind) => `$${kind}: ${KINDS[kind].filterType}`).join(', ');
      const searches = kinds.map((kind) => `${kind}(filter: $${kind}, page: $page) { items ${shown(kind).graph} total }`).join(' ');
      const found = await ask<Found>(`query search($page: PageInput!, ${variables}) { ${searches} }`, { ...filters, page });
      return Object.fromEntries(
        kinds.map((kind) => [kind, { total: found[kind]?.total ?? 0, items: (found[kind]?.items ?? []).map(shown(kind).write) }]),
      );
    },
  }),
];
