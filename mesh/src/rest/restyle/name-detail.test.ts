import { expect, it } from 'vitest';
import { V1, V2 } from '../../contracts/conventions.ts';
import { v1 } from '../../contracts/v1/version.ts';
import { v2 } from '../../contracts/v2/version.ts';
import { nameDetail } from './name-detail.ts';

function resourceOf({ routes }: typeof v1, operationId: string) {
  const route = routes.find((one) => one.operationId === operationId);
  return route?.kind === 'custom' ? undefined : route?.resource;
}

it.each([
  ['createOrder', 'customerId', 'customerId', 'customer_id'],
  ['createOrder', 'items[0].price', 'items[0].price', 'items[0].unit_price'],
  ['createOrder', 'shippingAddress.postalCode', 'shippingAddress.zip', 'shipping_address.postal_code'],
  ['createProduct', 'price', 'price', 'price'],
  ['listOrders', 'page.size', 'perPage', 'limit'],
  ['listOrders', 'cursor', 'cursor', 'cursor'],
  ['listOrders', 'filter.q', 'filter.q', 'filter.q'],
  // What is under a field of data is data.
  ['createWebhook', 'filter.customerId[0]', 'filter.customerId[0]', 'filter.customerId[0]'],
  ['createWebhook', 'headers.X-Custom Name', 'headers.X-Custom Name', 'headers.X-Custom Name'],
  ['exportCustomer', 'page.number', 'page', 'page.number'],
  ['createOrder', 'toString', 'toString', 'to_string'],
  ['createOrder', '__proto__.constructor', '__proto__.constructor', '__proto__.constructor'],
  ['createOrder', '', '', ''],
])('%s: %s is %s in version 1 and %s in version 2', (operationId, path, first, second) => {
  expect(nameDetail(path, V1, resourceOf(v1, operationId))).toBe(first);
  expect(nameDetail(path, V2, resourceOf(v2, operationId))).toBe(second);
});
