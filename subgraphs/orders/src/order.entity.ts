import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import type { Address } from '@portico/service-kit/address';
import { tenantProperties } from '@portico/service-kit/database/tenant';
import { sealedJson } from '@portico/service-kit/sealing/sealed-columns';
import type { OrderStatus } from './status/order-status.ts';

export const Order = defineEntity({
  name: 'Order',
  tableName: 'order',
  properties: {
    id: p.string().columnType('text').primary(),
    ...tenantProperties,
    customerId: p.string().columnType('text'),
    status: p.string().columnType('text').$type<OrderStatus>(),
    /** Minor units of `currency`. */
    total: p.bigint('number'),
    currency: p.string().columnType('text'),
    currencyDigits: p.smallint(),
    /** Personal data, and therefore sealed. */
    shippingAddress: p.string().columnType('text').fieldName('shipping_address_sealed').nullable(),
    notes: p.string().columnType('text').nullable(),
    cancelReason: p.string().columnType('text').nullable(),
    /** The idempotency seed of the request that moved it last; null when that had none. */
    movedBy: p.string().columnType('text').nullable(),
    /** What a search looks through: the id, and the SKUs and names of the lines. */
    searchText: p.string().columnType('text'),
    createdAt: p.datetime().length(3),
    updatedAt: p.datetime().length(3),
    version: p.integer().version(),
  },
});
export type Order = InferEntity<typeof Order>;

/** A line never changes: it says what was bought at which price. */
export const OrderLine = defineEntity({
  name: 'OrderLine',
  tableName: 'order_line',
  properties: {
    id: p.string().columnType('text').primary(),
    ...tenantProperties,
    orderId: p.string().columnType('text'),
    position: p.smallint(),
    productId: p.string().columnType('text'),
    sku: p.string().columnType('text'),
    name: p.string().columnType('text'),
    quantity: p.integer(),
    unitPrice: p.bigint('number'),
  },
});
export type OrderLine = InferEntity<typeof OrderLine>;

export const sealedShippingAddress = sealedJson<Address>('orders.order.shipping_address');
