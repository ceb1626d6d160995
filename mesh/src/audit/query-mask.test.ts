import { describe, expect, it } from 'vitest';
import { v1 } from '../contracts/v1/version.ts';
import { v2 } from '../contracts/v2/version.ts';
import { createQueryMask } from './query-mask.ts';
import { createUserAgentMask } from './user-agent.ts';

function maskOf(operationId: string, { routes } = v1): (query: string) => string {
  const route = routes.find((one) => one.operationId === operationId);
  if (route === undefined) throw new Error(`There is no route ${operationId}.`);
  return createQueryMask(route);
}

describe('a query in the audit log', () => {
  const mask = maskOf('listOrders');

  it.each([
    ['', ''],
    ['page=2&perPage=50', 'page=2&perPage=50'],
    ['sort=createdAt,total&order=asc,desc', 'sort=createdAt,total&order=asc,desc'],
    ['fields=id,customer.name,items.product.name&expand=customer', 'fields=id,customer.name,items.product.name&expand=customer'],
    ['status=pending%2Cshipped', 'status=pending,shipped'],
    ['q=ada%40example.com&customerId=cust_1&totalMin=5', 'q=***&customerId=***&totalMin=***'],
    ['cursor=eyJuYW1lIjoiQWRhIn0&limit=20', 'cursor=***&limit=20'],
    // A harmless name does not make a harmless value.
    ['page=4111111111111111&status=ada@example.com&fields=id,ada@example.com', 'page=***&status=***&fields=***'],
    ['sort=Ada&order=Lovelace&expand=Ada', 'sort=***&order=***&expand=***'],
    // Anything can be written as a name, too.
    ['ada@example.com&4111111111111111=1&__proto__=x', '***&***&***'],
    ['%70age=2&page', '***&page=***'],
  ])('%s is kept as %s', (query, kept) => {
    expect([mask(query), mask(query)]).toEqual([kept, kept]);
  });

  it('is masked by the names of its version', () => {
    const second = maskOf('listOrders', v2);
    expect(second('sort=created_at&fields=order_id,items.line_id&limit=5&customer_id=cust_1')).toBe(
      'sort=created_at&fields=order_id,items.line_id&limit=5&customer_id=***',
    );
    expect(second('page=2&perPage=5&sort=createdAt&customerId=cust_1')).toBe('***&***&sort=***&***');
  });

  it('is bounded', () => {
    expect(mask(`${'q=x&'.repeat(1_000)}`).length).toBe(1_000);
  });

  it('is masked for every kind of route', () => {
    expect(maskOf('search')('q=Ada&types=orders,products&limit=5')).toBe('q=***&types=orders,products&limit=5');
    expect(maskOf('getOrder')('fields=id&q=Ada')).toBe('fields=id&***');
    expect(maskOf('createOrder')('fields=id&page=1')).toBe('fields=id&***');
  });
});

describe('a user agent in the audit log', () => {
  const mask = createUserAgentMask();

  it.each([
    ['curl/8.14.1', 'curl/8.14.1'],
    ['node', 'node'],
    ['python-requests/2.32.3', 'python-requests/2.32.3'],
    [
      'Mozilla/5.0 (Ada Lovelace; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0',
      'Mozilla/5.0 *** AppleWebKit/537.36 *** Chrome/130.0.0.0',
    ],
    ['Ada Lovelace ada@example.com', '***'],
    ['app/1.0 ak_test_abcdefghijklmnop Bearer eyJhbGciOi.J9.x', 'app/1.0 ***'],
    ['card/4111111111111111', '***'],
    ['app/1.0 (Ada Lovelace', 'app/1.0 ***'],
    ['', ''],
  ])('%s is kept as %s', (given, kept) => {
    expect([mask(given), mask(given)]).toEqual([kept, kept]);
  });

  it('has at most 200 characters, and is null without one', () => {
    expect(mask('app/1.0 '.repeat(100))).toHaveLength(200);
    expect(mask(undefined)).toBeNull();
  });
});
