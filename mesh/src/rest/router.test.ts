import { describe, expect, it } from 'vitest';
import type { Endpoint } from './rest-request.ts';
import { createRouter } from './router.ts';

const endpoint = (operationId: string): Endpoint => ({
  operationId,
  access: 'public',
  serve: () => Promise.reject(new Error('nobody asks')),
});

const router = createRouter([
  { method: 'GET', path: '/orders', endpoint: endpoint('list') },
  { method: 'POST', path: '/orders', endpoint: endpoint('create') },
  { method: 'GET', path: '/orders/{orderId}', endpoint: endpoint('read') },
  { method: 'GET', path: '/orders/export', endpoint: endpoint('export') },
  { method: 'DELETE', path: '/orders/{orderId}/lines/{lineId}', endpoint: endpoint('remove') },
]);

const found = (path: string): unknown => {
  const match = router.find(path);
  return match && [match.template, match.params, match.allow];
};

describe('the router', () => {
  it('finds a path with its parameters, decoded, and says which methods it answers', () => {
    expect(found('/orders')).toEqual(['/orders', {}, 'GET, POST, HEAD, OPTIONS']);
    expect(found('/orders/7')).toEqual(['/orders/{orderId}', { orderId: '7' }, 'GET, HEAD, OPTIONS']);
    expect(found('/orders/a%2Fb/lines/%20')).toEqual([
      '/orders/{orderId}/lines/{lineId}',
      { orderId: 'a/b', lineId: ' ' },
      'DELETE, OPTIONS',
    ]);
    expect(router.find('/orders')?.methods.get('POST')?.operationId).toBe('create');
  });

  it('prefers what is written out to a parameter', () => {
    expect(found('/orders/export')).toEqual(['/orders/export', {}, 'GET, HEAD, OPTIONS']);
    expect(found('/orders/{orderId}')).toEqual(['/orders/{orderId}', { orderId: '{orderId}' }, 'GET, HEAD, OPTIONS']);
  });

  it('finds nothing for any other path', () => {
    for (const path of [
      '',
      '/',
      '/order',
      '/orders/',
      '/orders//lines/1',
      '/orders/%zz',
      '/orders/1/lines',
      '/orders/1/lines/2/',
      '/a'.repeat(20),
    ])
      expect(found(path)).toBeUndefined();
  });

  it('refuses two endpoints for one method and path', () => {
    const twice = { method: 'GET', path: '/orders/{id}', endpoint: endpoint('twice') };
    expect(() => createRouter([twice, twice])).toThrow('Two endpoints answer GET /orders/{id}.');
  });
});
