import { anyOf, atLeast, atMost, words } from '@portico/service-kit/reads/filters';
import type { ReadModel } from '@portico/service-kit/reads/read-model';

export const productReads: ReadModel = {
  table: 'products.product',
  visible: 't.deleted_at is null',
  columns: {
    id: 't.id',
    sku: 't.sku',
    name: 't.name',
    description: 't.description',
    category: 't.category',
    price: 't.price',
    currency: 't.currency',
    status: 't.status',
    createdAt: 't.created_at',
    updatedAt: 't.updated_at',
    version: 't.version',
  },
  filters: {
    status: anyOf('t.status'),
    category: anyOf('t.category'),
    sku: anyOf('t.sku'),
    ids: anyOf('t.id'),
    currency: anyOf('t.currency'),
    priceMin: atLeast('t.price_value'),
    priceMax: atMost('t.price_value'),
    createdAfter: atLeast('t.created_at'),
    createdBefore: atMost('t.created_at'),
    q: words('t.search'),
  },
  sorts: { createdAt: 't.created_at', updatedAt: 't.updated_at', name: 't.name', price: 't.price_value', sku: 't.sku' },
};
