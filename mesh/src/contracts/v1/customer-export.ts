import { notFound } from '@portico/contracts/errors';
import type { Source } from '../../rest/declare/fields.ts';
import { type CustomRequest, defineRoute } from '../../rest/declare/route.ts';
import { customer } from './customers.ts';
import { order } from './orders.ts';

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
    shows: { customer: { resource: customer }, orders: { resource: order, expand: 'payments' } },
    example: (shown) => ({ customer: shown.customer, orders: [shown.orders] }),
    run: exportCustomer,
  }),
];

async function exportCustomer({ path, shown, ask }: CustomRequest): Promise<unknown> {
  const id = path.customerId ?? '';
  const [person, orders] = [shown('customer'), shown('orders')];
  const fields = `${person.fields} orders(page: $page) { items ${orders.graph} nextCursor }`;
  const document = `query exportCustomer($id: ID!, $page: PageInput!) { customer(id: $id) { ${fields} } }`;
  const exported: unknown[] = [];
  let cursor: string | null = null;
  let customer: unknown;
  do {
    const page: Record<string, unknown> = { size: PAGE_SIZE, ...(cursor === null ? {} : { cursor }) };
    const { customer: found }: Answer = await ask<Answer>(document, { id, page });
    if (found === null) throw notFound('customer', id);
    customer ??= person.write(found);
    exported.push(...found.orders.items.map(orders.write));
    cursor = found.orders.nextCursor;
  } while (cursor !== null);
  return { customer, orders: exported };
}
