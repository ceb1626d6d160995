import { notFound } from '@portico/contracts/errors';
import type { Source } from '../../rest/declare/fields.ts';
import { type CustomRequest, defineRoute } from '../../rest/declare/route.ts';
import { compileSelection } from '../../rest/selection/compile-selection.ts';
import { parseSelection } from '../../rest/selection/selection-tree.ts';
import { customer } from './customers.ts';
import { EXAMPLE } from './examples.ts';
import { order } from './orders.ts';

const orders = compileSelection(order, parseSelection(order, undefined, 'payments'));
const person = compileSelection(customer, parseSelection(customer, undefined, undefined), [
  `orders(page: $page) { items ${orders.graph} nextCursor }`,
]);

const DOCUMENT = `query v1_exportCustomer($id: ID!, $page: PageInput!) { customer(id: $id) ${person.graph} }`;
const PAGE_SIZE = 100;

type Answer = { customer: (Source & { orders: { items: Source[]; nextCursor: string | null } }) | null };

export const customerExportRoutes = [
  defineRoute({
    kind: 'custom',
    method: 'GET',
    path: '/customers/{customerId}/export',
    operationId: 'exportCustomer',
    tag: 'Customers',
    summary: 'Export all that is kept about a customer',
    description: 'The customer with all orders, their addresses and payments (GDPR article 20), in one answer.',
    scopes: ['customers:read', 'orders:read', 'payments:read'],
    errors: ['NOT_FOUND'],
    parameters: {},
    answerSchema: {
      type: 'object',
      properties: {
        customer: { $ref: '#/components/schemas/Customer' },
        orders: { type: 'array', items: { $ref: '#/components/schemas/Order' } },
      },
      required: ['customer', 'orders'],
    },
    example: {
      customer: { id: EXAMPLE.customerId, email: 'ada@example.com', name: 'Ada Lovelace' },
      orders: [{ id: EXAMPLE.orderId, total: 59.98, currency: 'USD' }],
    },
    run: exportCustomer,
  }),
];

async function exportCustomer({ path, ask }: CustomRequest): Promise<unknown> {
  const id = path.customerId ?? '';
  const exported: unknown[] = [];
  let cursor: string | null = null;
  let shown: unknown;
  do {
    const page: Record<string, unknown> = { size: PAGE_SIZE, ...(cursor === null ? {} : { cursor }) };
    const { customer: found }: Answer = await ask<Answer>(DOCUMENT, { id, page });
    if (found === null) throw notFound('customer', id);
    shown ??= person.write(found);
    exported.push(...found.orders.items.map(orders.write));
    cursor = found.orders.nextCursor;
  } while (cursor !== null);
  return { customer: shown, orders: exported };
}
