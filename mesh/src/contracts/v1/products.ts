import { z } from 'zod';
import { amount } from '../../rest/declare/amount.ts';
import { dateTime, id, join, money, oneOf, text } from '../../rest/declare/fields.ts';
import { anyOfThese, anyText, decimal, moment, searchText } from '../../rest/declare/parameters.ts';
import { defineResource, type Resource } from '../../rest/declare/resource.ts';
import { defineRoute } from '../../rest/declare/route.ts';
import { atLeastOne } from './bodies.ts';
import { EXAMPLE } from './examples.ts';
import { inventoryItem } from './inventory.ts';

const STATUSES = ['active', 'draft', 'archived'];

export const product: Resource = defineResource('Product', {
  id: id('product', { example: EXAMPLE.productId }),
  sku: text({ example: EXAMPLE.sku, description: 'Unique among your products, whatever the case of the letters; not `.` or `..`.' }),
  name: text({ example: 'Blue mug, 350 ml' }),
  description: text({ nullable: true, example: 'Stoneware, dishwasher safe.' }),
  category: text({ nullable: true, example: 'Kitchen' }),
  price: money({ example: 29.99, description: 'In `currency`, with the digits that it has.' }),
  currency: text({ example: 'USD', description: 'ISO 4217.' }),
  status: oneOf(STATUSES, { description: 'Only an active product can be ordered.' }),
  createdAt: dateTime(),
  updatedAt: dateTime(),
  inventory: join(() => inventoryItem, 'inventory:read', { nullable: true, description: 'Its stock; null when that is not tracked.' }),
});

const body = z.strictObject({
  sku: z.string().min(1).max(64),
  name: z.string().min(1).max(200),
  description: z.string().max(5_000).nullish(),
  category: z.string().min(1).max(100).nullish(),
  price: amount(z.number().min(0).max(1e12)),
  currency: z.string().regex(/^[A-Z]{3}$/, 'It must be a three-letter currency code (ISO 4217).'),
  status: z.enum(STATUSES).optional(),
});
const bodyExample = { sku: EXAMPLE.sku, name: 'Blue mug, 350 ml', category: 'Kitchen', price: 29.99, currency: 'USD' };

const base = { tag: 'Products', resource: product } as const;
const one = { ...base, param: 'productId', what: 'product' } as const;

export const productRoutes = [
  defineRoute({
    ...base,
    kind: 'list',
    method: 'GET',
    path: '/products',
    operationId: 'listProducts',
    summary: 'List products',
    scopes: ['products:read'],
    graph: { field: 'products', filterType: 'ProductFilter', sortType: 'ProductSort' },
    filters: {
      status: anyOfThese(STATUSES, 'status', 'Products in one of these states.'),
      category: anyText('category', 'Products of one of these categories.'),
      sku: anyText('sku', 'Products with one of these SKUs.'),
      currency: anyText('currency', 'Products sold in one of these currencies.'),
      priceMin: decimal('priceMin', 'Products that cost at least this much.'),
      priceMax: decimal('priceMax', 'Products that cost at most this much.'),
      createdAfter: moment('createdAfter', 'Products added at this moment or later.'),
      createdBefore: moment('createdBefore', 'Products added at this moment or before; a date counts to its end.', true),
      q: searchText('q', 'Words that begin words of the name, SKU, category or description.'),
    },
    sorts: { createdAt: 'createdAt', updatedAt: 'updatedAt', name: 'name', price: 'price', sku: 'sku' },
  }),
  defineRoute({
    ...one,
    kind: 'item',
    method: 'GET',
    path: '/products/{productId}',
    operationId: 'getProduct',
    summary: 'Get a product',
    scopes: ['products:read'],
    graph: { field: 'product', argument: 'id', type: 'ID!' },
  }),
  defineRoute({
    ...base,
    kind: 'write',
    method: 'POST',
    path: '/products',
    operationId: 'createProduct',
    summary: 'Add a product',
    scopes: ['products:write'],
    errors: ['CONFLICT'],
    graph: { field: 'createProduct', arguments: { input: 'CreateProductInput!' } },
    body,
    bodyExample,
    variables: ({ body: input }) => ({ input }),
    status: 201,
    location: (created) => `/products/${created.id}`,
  }),
  defineRoute({
    ...base,
    kind: 'write',
    method: 'PUT',
    path: '/products/{productId}',
    operationId: 'updateProduct',
    summary: 'Change a product',
    description: 'Properties that are given are changed, the others stay. `null` clears a property that may be absent.',
    scopes: ['products:write'],
    errors: ['NOT_FOUND', 'CONFLICT', 'PRECONDITION_FAILED'],
    graph: { field: 'updateProduct', arguments: { id: 'ID!', input: 'UpdateProductInput!', expectedVersion: 'Int' } },
    body: atLeastOne(body.partial()),
    bodyExample: { price: 31.5 },
    variables: ({ path, body: input, expectedVersion }) => ({ id: path.productId, input, expectedVersion }),
    status: 200,
  }),
  defineRoute({
    ...base,
    kind: 'write',
    method: 'DELETE',
    path: '/products/{productId}',
    operationId: 'deleteProduct',
    summary: 'Delete a product',
    description: 'Takes it out of the catalogue. Orders that contain it still show it.',
    scopes: ['products:write'],
    errors: ['NOT_FOUND', 'PRECONDITION_FAILED'],
    graph: { field: 'deleteProduct', arguments: { id: 'ID!', expectedVersion: 'Int' } },
    variables: ({ path, expectedVersion }) => ({ id: path.productId, expectedVersion }),
    status: 204,
  }),
];
