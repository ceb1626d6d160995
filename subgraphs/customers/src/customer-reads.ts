import { anyOf, atLeast, atMost, custom } from '@portico/service-kit/reads/filters';
import type { ReadModel } from '@portico/service-kit/reads/read-model';

/** Sealed columns need the row's id to be opened. */
export const customerReads: ReadModel = {
  table: 'customers.customer',
  columns: {
    id: 't.id',
    email: ['id', 'emailSealed'],
    name: ['id', 'nameSealed'],
    phone: ['id', 'phoneSealed'],
    address: ['id', 'addressSealed'],
    emailSealed: 't.email_sealed',
    nameSealed: 't.name_sealed',
    phoneSealed: 't.phone_sealed',
    addressSealed: 't.address_sealed',
    status: 't.status',
    createdAt: 't.created_at',
    updatedAt: 't.updated_at',
    version: 't.version',
  },
  filters: {
    status: anyOf('t.status'),
    ids: anyOf('t.id'),
    // Both come as blind indexes: the tenant is part of them, so the resolver makes them.
    email: anyOf('t.email_index'),
    q: custom((p) => `t.search_tokens @> ${p}`),
    createdAfter: atLeast('t.created_at'),
    createdBefore: atMost('t.created_at'),
  },
  sorts: { createdAt: 't.created_at', updatedAt: 't.updated_at', status: 't.status' },
};
