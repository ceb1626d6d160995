import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import { tenantProperties } from '@portico/service-kit/database/tenant';

export type PaymentStatus = 'pending' | 'succeeded' | 'failed' | 'refunded';

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
    /** Of a charge: the provider's id of it. */
    reference: p.string().columnType('text').nullable(),
    /** Who charges; null for a payment that was settled elsewhere, of which the rest is null too. */
    provider: p.string().columnType('text').nullable(),
    /** When the provider was last asked for the charge. */
    askedAt: p.datetime().length(3).nullable(),
    /** Why the charge must not stand. */
    undoReason: p.string().columnType('text').nullable(),
    /** When the provider has to be asked next; whoever asks pushes it ahead first. Null when nothing is open. */
    dueAt: p.datetime().length(3).nullable(),
    /** Since when something is open with the provider. */
    openSince: p.datetime().length(3).nullable(),
    /** When the orders have to be told next that the money came; null when they know. */
    tellAt: p.datetime().length(3).nullable(),
    /** How often asking left it open. */
    tries: p.integer().default(0),
    /** Of the request that began it. */
    requestId: p.string().columnType('text').nullable(),
    createdAt: p.datetime().length(3),
    updatedAt: p.datetime().length(3),
    version: p.integer().version(),
  },
});
export type Payment = InferEntity<typeof Payment>;

/** How long whoever asks the provider, or tells the orders, has a payment to itself: longer than that takes. */
export const LEASE_MS = 30_000;
