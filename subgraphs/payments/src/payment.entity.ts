import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import { tenantProperties } from '@portico/service-kit/tenant';

export const PAYMENT_STATUSES = ['pending', 'succeeded', 'failed', 'refunded'] as const;
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

export const PAYMENT_METHODS = ['card', 'bank_transfer', 'cash', 'invoice'] as const;

export const Payment = defineEntity({
  name: 'Payment',
  tableName: 'payment',
  properties: {
    id: p.string().columnType('text').primary(),
    ...tenantProperties,
    orderId: p.string().columnType('text'),
    /** Minor units of `currency`. */
    amount: p.bigint('number'),
    currency: p.string().columnType('text'),
    status: p.string().columnType('text').$type<PaymentStatus>(),
    method: p.string().columnType('text'),
    failureReason: p.string().columnType('text').nullable(),
    reference: p.string().columnType('text').nullable(),
    createdAt: p.datetime().length(3),
    updatedAt: p.datetime().length(3),
    version: p.integer().version(),
  },
});
export type Payment = InferEntity<typeof Payment>;
