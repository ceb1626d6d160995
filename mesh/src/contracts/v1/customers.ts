import { z } from 'zod';
import { dateTime, id, oneOf, part, text } from '../../rest/declare/fields.ts';
import { anyOfThese, anyText, moment, searchText } from '../../rest/declare/parameters.ts';
import { defineResource } from '../../rest/declare/resource.ts';
import { defineRoute } from '../../rest/declare/route.ts';
import { type AddressBody, address, addressBody, addressExample, toGraphAddress } from './address.ts';
import { atLeastOne } from './bodies.ts';
import { EXAMPLE } from './examples.ts';

export const customer = defineResource('Customer', {
  id: id('customer', { example: EXAMPLE.customerId }),
  email: text({
    nullable: true,
    format: 'email',
    example: 'ada@example.com',
    description: 'Unique among your customers, whatever the case. Null once erased.',
  }),
  name: text({ nullable: true, example: 'Ada Lovelace' }),
  phone: text({ nullable: true, example: '+44 20 7946 0000' }),
  address: part(() => address, { nullable: true, description: 'Postal address.' }),
  status: oneOf(['active', 'inactive', 'erased'], { description: 'Only an active customer can order.' }),
  createdAt: dateTime(),
  updatedAt: dateTime(),
});

const body = z.strictObject({
  email: z.email('It must be an e-mail address.').max(254),
  name: z.string().min(1).max(200),
  phone: z.string().min(3).max(32).nullish(),
  address: addressBody.nullish(),
  status: z.enum(['active', 'inactive']).optional(),
});

function toInput(given: unknown): Record<string, unknown> {
  const { address: postal, ...same } = given as { address?: AddressBody | null };
  return postal === undefined ? same : { ...same, address: toGraphAddress(postal) };
}

const base = { tag: 'Customers', resource: customer } as const;

export const customerRoutes = [
  defineRoute({
    ...base,
    kind: 'list',
    method: 'GET',
    path: '/customers',
    operationId: 'listCustomers',
    summary: 'List customers',
    scopes: ['customers:read'],
    graph: { field: 'customers', filterType: 'CustomerFilter', sortType: 'CustomerSort' },
    filters: {
      status: anyOfThese(['active', 'inactive', 'erased'], 'status', 'Customers in one of these states.'),
      email: anyText('email', 'Customers with one of these e-mail addresses, exactly, in any case.'),
      createdAfter: moment('createdAfter', 'Customers added at this moment or later.'),
      createdBefore: moment('createdBefore', 'Customers added at this moment or before; a date counts to its end.', true),
      q: searchText('q', 'Whole words of the name, or the e-mail address. Personal data is encrypted, so parts of words are not found.'),
    },
    sorts: { createdAt: 'createdAt', updatedAt: 'updatedAt', status: 'status' },
  }),
  defineRoute({
    ...base,
    kind: 'item',
    method: 'GET',
    path: '/customers/{customerId}',
    operationId: 'getCustomer',
    summary: 'Get a customer',
    scopes: ['customers:read'],
    graph: { field: 'customer', argument: 'id', type: 'ID!' },
    param: 'customerId',
    what: 'customer',
  }),
  defineRoute({
    ...base,
    kind: 'write',
    method: 'POST',
    path: '/customers',
    operationId: 'createCustomer',
    summary: 'Add a customer',
    scopes: ['customers:write'],
    errors: ['CONFLICT'],
    graph: { field: 'createCustomer', arguments: { input: 'CreateCustomerInput!' } },
    body,
    bodyExample: { email: 'ada@example.com', name: 'Ada Lovelace', address: addressExample },
    variables: ({ body: given }) => ({ input: toInput(given) }),
    status: 201,
    location: (created) => `/customers/${created.id}`,
  }),
  defineRoute({
    ...base,
    kind: 'write',
    method: 'PUT',
    path: '/customers/{customerId}',
    operationId: 'updateCustomer',
    summary: 'Change a customer',
    description: 'Properties that are given are changed, the others stay. `null` clears a property that may be absent.',
    scopes: ['customers:write'],
    errors: ['NOT_FOUND', 'CONFLICT', 'INVALID_STATE', 'PRECONDITION_FAILED'],
    graph: { field: 'updateCustomer', arguments: { id: 'ID!', input: 'UpdateCustomerInput!', expectedVersion: 'Int' } },
    body: atLeastOne(body.partial()),
    bodyExample: { phone: '+44 20 7946 0000' },
    variables: ({ path, body: given, expectedVersion }) => ({ id: path.customerId, input: toInput(given), expectedVersion }),
    status: 200,
  }),
  defineRoute({
    ...base,
    kind: 'write',
    method: 'DELETE',
    path: '/customers/{customerId}',
    operationId: 'eraseCustomer',
    summary: 'Erase a customer',
    description: 'Erases the personal data for good (GDPR article 17), here and in the customer’s orders. The orders stay, without it.',
    scopes: ['customers:write'],
    errors: ['NOT_FOUND', 'PRECONDITION_FAILED'],
    graph: { field: 'eraseCustomer', arguments: { id: 'ID!', expectedVersion: 'Int' } },
    variables: ({ path, expectedVersion }) => ({ id: path.customerId, expectedVersion }),
    status: 204,
  }),
];
