import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import type { Address } from '@portico/service-kit/address';
import { tenantProperties } from '@portico/service-kit/database/tenant';
import { sealedJson, sealedText } from '@portico/service-kit/sealing/sealed-columns';

export type CustomerStatus = 'active' | 'inactive' | 'erased';

/** Personal data is only ever stored sealed; an erased customer has none. */
export const Customer = defineEntity({
  name: 'Customer',
  tableName: 'customer',
  properties: {
    id: p.string().columnType('text').primary(),
    ...tenantProperties,
    email: p.string().columnType('text').fieldName('email_sealed').nullable(),
    name: p.string().columnType('text').fieldName('name_sealed').nullable(),
    phone: p.string().columnType('text').fieldName('phone_sealed').nullable(),
    address: p.string().columnType('text').fieldName('address_sealed').nullable(),
    /** Finds an exact e-mail address without reading it. */
    emailIndex: p.string().columnType('text').nullable(),
    /** Find a whole word of the name, or the e-mail address, without reading them. */
    searchTokens: p.array<string>().columnType('text[]'),
    status: p.string().columnType('text').$type<CustomerStatus>(),
    createdAt: p.datetime().length(3),
    updatedAt: p.datetime().length(3),
    version: p.integer().version(),
  },
});

export type Customer = InferEntity<typeof Customer>;

/** What is left to do for an erased customer in other subgraphs; gone when it is done. */
export const Erasure = defineEntity({
  name: 'Erasure',
  tableName: 'erasure',
  properties: {
    customerId: p.string().columnType('text').primary(),
    ...tenantProperties,
    requestId: p.string().columnType('text'),
    lockedUntil: p.datetime().length(3),
    /** The orders have forgotten the customer; they are told once more, for those that were being placed. */
    toldOnce: p.boolean(),
  },
});

export const sealed = {
  email: sealedText('customers.customer.email'),
  name: sealedText('customers.customer.name'),
  phone: sealedText('customers.customer.phone'),
  address: sealedJson<Address>('customers.customer.address'),
};
