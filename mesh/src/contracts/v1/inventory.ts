import { idPattern } from '@portico/contracts/ids';
import { z } from 'zod';
import { dateTime, flag, id, integer, join, oneOf, part, text } from '../../rest/declare/fields.ts';
import { anyId, anyText, moment, wholeNumber, yesOrNo } from '../../rest/declare/parameters.ts';
import { defineResource, type Resource } from '../../rest/declare/resource.ts';
import { defineRoute } from '../../rest/declare/route.ts';
import { atLeastOne } from './bodies.ts';
import { EXAMPLE } from './examples.ts';
import { product } from './products.ts';

export const inventoryItem: Resource = defineResource('InventoryItem', {
  id: id('inventory', { example: EXAMPLE.inventoryId }),
  sku: text({ example: EXAMPLE.sku }),
  productId: id('product', { example: EXAMPLE.productId }),
  quantity: integer({ example: 42, description: 'Pieces in the warehouse, reserved ones included.' }),
  reserved: integer({ example: 2 }),
  available: integer({ example: 40, description: '`quantity` less `reserved`.' }),
  lowStockThreshold: integer({ example: 5, description: 'When `available` falls to it, `inventory.low` is sent.' }),
  lowStock: flag({ example: false }),
  location: text({ nullable: true, example: 'Aisle 3' }),
  createdAt: dateTime(),
  updatedAt: dateTime(),
  product: join(() => product, 'products:read', { description: 'The product that this is the stock of.' }),
});

const reservation = defineResource(
  'Reservation',
  {
    id: id('reservation', { example: EXAMPLE.reservationId }),
    sku: text({ example: EXAMPLE.sku }),
    quantity: integer({ example: 2, description: 'What it still holds.' }),
    status: oneOf(['held', 'released', 'committed']),
    reference: text({ nullable: true, example: 'PO-2026-0117', description: 'Your own word for it.' }),
    createdAt: dateTime(),
    item: part(() => inventoryItem, { description: 'The item as it is now.' }),
  },
  { versioned: false },
);

const quantity = z.int().min(0).max(1_000_000_000);
const body = z.strictObject({
  sku: z.string().min(1).max(64),
  quantity,
  lowStockThreshold: quantity.optional(),
  location: z.string().min(1).max(100).nullish(),
});
const pieces = z.int().min(1).max(1_000_000_000);

const base = { tag: 'Inventory', resource: inventoryItem } as const;

export const inventoryRoutes = [
  defineRoute({
    ...base,
    kind: 'list',
    method: 'GET',
    path: '/inventory',
    operationId: 'listInventory',
    summary: 'List inventory items',
    scopes: ['inventory:read'],
    graph: { field: 'inventory', filterType: 'InventoryFilter', sortType: 'InventorySort' },
    filters: {
      sku: anyText('sku', 'Items with one of these SKUs.'),
      productId: anyId('product', 'productId', 'Items of one of these products.'),
      location: anyText('location', 'Items at one of these places.'),
      lowStock: yesOrNo('lowStock', 'Items at or below their threshold, or above it.'),
      availableMin: wholeNumber('availableMin', 'Items of which at least this many are available.'),
      availableMax: wholeNumber('availableMax', 'Items of which at most this many are available.'),
      quantityMin: wholeNumber('quantityMin', 'Items of which there are at least this many.'),
      quantityMax: wholeNumber('quantityMax', 'Items of which there are at most this many.'),
      createdAfter: moment('createdAfter', 'Items added at this moment or later.'),
      createdBefore: moment('createdBefore', 'Items added at this moment or before; a date counts to its end.', true),
    },
    sorts: { createdAt: 'createdAt', updatedAt: 'updatedAt', sku: 'sku', quantity: 'quantity', available: 'available' },
  }),
  defineRoute({
    ...base,
    kind: 'item',
    method: 'GET',
    path: '/inventory/{sku}',
    operationId: 'getInventoryItem',
    summary: 'Get an inventory item by SKU',
    scopes: ['inventory:read'],
    graph: { field: 'inventoryItem', argument: 'sku', type: 'String!' },
    param: 'sku',
    what: 'inventory item',
  }),
  defineRoute({
    ...base,
    kind: 'write',
    method: 'POST',
    path: '/inventory',
    operationId: 'addInventory',
    summary: 'Track the stock of a product',
    scopes: ['inventory:write'],
    errors: ['CONFLICT'],
    graph: { field: 'addInventory', arguments: { input: 'AddInventoryInput!' } },
    body,
    bodyExample: { sku: EXAMPLE.sku, quantity: 42, lowStockThreshold: 5, location: 'Aisle 3' },
    variables: ({ body: input }) => ({ input }),
    status: 201,
    location: (created) => `/inventory/${encodeURIComponent(String(created.sku))}`,
  }),
  defineRoute({
    ...base,
    kind: 'write',
    method: 'PUT',
    path: '/inventory/{sku}',
    operationId: 'updateInventory',
    summary: 'Set quantity, threshold or place of an item',
    scopes: ['inventory:write'],
    errors: ['NOT_FOUND', 'INVALID_STATE', 'PRECONDITION_FAILED'],
    graph: { field: 'updateInventory', arguments: { sku: 'String!', input: 'UpdateInventoryInput!', expectedVersion: 'Int' } },
    body: atLeastOne(body.omit({ sku: true }).partial()),
    bodyExample: { quantity: 60 },
    variables: ({ path, body: input, expectedVersion }) => ({ sku: path.sku, input, expectedVersion }),
    status: 200,
  }),
  defineRoute({
    tag: 'Inventory',
    resource: reservation,
    kind: 'write',
    method: 'PATCH',
    path: '/inventory/{sku}/reserve',
    operationId: 'reserveInventory',
    summary: 'Reserve pieces of an item',
    scopes: ['inventory:write'],
    errors: ['NOT_FOUND', 'INSUFFICIENT_INVENTORY', 'PRECONDITION_FAILED'],
    graph: { field: 'reserveInventory', arguments: { sku: 'String!', quantity: 'Int!', reference: 'String', expectedVersion: 'Int' } },
    body: z.strictObject({ quantity: pieces, reference: z.string().min(1).max(200).nullish() }),
    bodyExample: { quantity: 2, reference: 'PO-2026-0117' },
    variables: ({ path, body: given, expectedVersion }) => ({ ...(given as object), sku: path.sku, expectedVersion }),
    status: 200,
  }),
  defineRoute({
    tag: 'Inventory',
    resource: reservation,
    kind: 'write',
    method: 'PATCH',
    path: '/inventory/{sku}/release',
    operationId: 'releaseInventory',
    summary: 'Release reserved pieces of an item',
    description: 'All that the reservation holds, or `quantity` of it. The stock of an order is released by cancelling the order.',
    scopes: ['inventory:write'],
    errors: ['NOT_FOUND', 'INVALID_STATE', 'PRECONDITION_FAILED'],
    graph: { field: 'releaseInventory', arguments: { sku: 'String!', reservationId: 'ID!', quantity: 'Int', expectedVersion: 'Int' } },
    body: z.strictObject({
      reservationId: z
        .string()
        .max(64)
        .meta({ pattern: idPattern('reservation') }),
      quantity: pieces.optional(),
    }),
    bodyExample: { reservationId: EXAMPLE.reservationId, quantity: 1 },
    variables: ({ path, body: given, expectedVersion }) => ({ ...(given as object), sku: path.sku, expectedVersion }),
    status: 200,
  }),
];
