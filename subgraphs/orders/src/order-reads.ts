import { anyOf, atLeast, atMost, custom, words } from '@portico/service-kit/reads/filters';
import type { ReadModel } from '@portico/service-kit/reads/read-model';
import type { Selection } from '@portico/service-kit/reads/selection';

export const orderReads: ReadModel = {
  table: 'orders.order',
  columns: {
    id: 't.id',
    customerId: 't.customer_id',
    customer: ['customerId'],
    status: 't.status',
    total: 't.total',
    currency: 't.currency',
    items: lines,
    shippingAddress: ['id', 'shippingAddressSealed'],
    shippingAddressSealed: 't.shipping_address_sealed',
    notes: 't.notes',
    cancelReason: 't.cancel_reason',
    createdAt: 't.created_at',
    updatedAt: 't.updated_at',
    version: 't.version',
  },
  filters: {
    status: anyOf('t.status'),
    customerId: anyOf('t.customer_id'),
    productId: custom(
      (p) =>
        `exists (select from orders.order_line l where l.account_id = t.account_id and l.mode = t.mode and l.order_id = t.id and l.product_id = any(${p}))`,
    ),
    currency: anyOf('t.currency'),
    totalMin: atLeast('t.total_value'),
    totalMax: atMost('t.total_value'),
    createdAfter: atLeast('t.created_at'),
    createdBefore: atMost('t.created_at'),
    q: words('t.search'),
  },
  sorts: { createdAt: 't.created_at', updatedAt: 't.updated_at', total: 't.total_value', status: 't.status' },
};

const LINE_COLUMNS: Readonly<Record<string, string>> = {
  id: 'l.id',
  productId: 'l.product_id',
  product: 'l.product_id',
  sku: 'l.sku',
  name: 'l.name',
  quantity: 'l.quantity',
  unitPrice: 'l.unit_price',
  total: 'l.unit_price * l.quantity',
  currency: 't.currency',
};

/** The lines inside their order's row, so that orders with their lines are one statement; of a line, only what is asked. */
function lines(selection: Selection): string {
  const names = [...selection.keys()]
    .map((name) => (name === 'product' ? 'productId' : name))
    .filter((name) => Object.hasOwn(LINE_COLUMNS, name));
  const pairs = [...new Set(names)].sort().map((name) => `'${name}', ${LINE_COLUMNS[name]}`);
  const line = `json_build_object(${pairs.join(', ')})`;
  return `(select coalesce(json_agg(${line} order by l.position), '[]') from orders.order_line l where l.account_id = t.account_id and l.order_id = t.id)`;
}
