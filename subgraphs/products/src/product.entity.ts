import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import { tenantProperties } from '@portico/service-kit/database/tenant';

export const PRODUCT_STATUSES = ['active', 'draft', 'archived'] as const;
export type ProductStatus = (typeof PRODUCT_STATUSES)[number];

export const Product = defineEntity({
  name: 'Product',
  tableName: 'product',
  properties: {
    id: p.string().columnType('text').primary(),
    ...tenantProperties,
    sku: p.string().columnType('text'),
    name: p.string().columnType('text'),
    description: p.string().columnType('text').nullable(),
    category: p.string().columnType('text').nullable(),
    /** Minor units of `currency`. */
    price: p.bigint('number'),
    currency: p.string().columnType('text'),
    /** Digits of the currency's minor unit, kept beside the price so that SQL can compare prices across currencies. */
    currencyDigits: p.smallint(),
    status: p.string().columnType('text').$type<ProductStatus>(),
    createdAt: p.datetime().length(3),
    updatedAt: p.datetime().length(3),
    /** Set when the product was taken out of the catalogue; orders still refer to it. */
    deletedAt: p.datetime().length(3).nullable(),
    version: p.integer().version(),
  },
});

export type Product = InferEntity<typeof Product>;

/** A change of a product's SKU of which the inventory is still to be told; gone when that is done. */
export const SkuChange = defineEntity({
  name: 'SkuChange',
  tableName: 'sku_change',
  properties: {
    productId: p.string().columnType('text').primary(),
    ...tenantProperties,
    requestId: p.string().columnType('text'),
    lockedUntil: p.datetime().length(3),
  },
});
