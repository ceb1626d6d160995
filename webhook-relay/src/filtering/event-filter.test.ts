import { describe, expect, it } from 'vitest';
import { filterProblems, matches } from './event-filter.ts';

const order = {
  id: 'order_1',
  customerId: 'cust_1',
  status: 'shipped',
  items: [
    { sku: 'A', quantity: 1 },
    { sku: 'B', quantity: 2 },
  ],
};

describe('a filter', () => {
  it.each([
    [{}, true],
    [{ customerId: ['cust_1'] }, true],
    [{ customerId: ['cust_2', 'cust_1'] }, true],
    [{ customerId: ['cust_2'] }, false],
    [{ customerId: ['cust_1'], status: ['pending'] }, false],
    [{ 'items.sku': ['B'] }, true],
    [{ 'items.sku': ['C'] }, false],
    [{ 'items.quantity': [2] }, true],
    [{ 'items.quantity': ['2'] }, false],
    [{ 'customer.id': ['cust_1'] }, false],
    [{ constructor: ['Object'] }, false],
    [{ '__proto__.x': [1] }, false],
  ])('%j lets the order through: %s', (filter, wanted) => {
    expect(matches(filter, order)).toBe(wanted);
  });

  it('lets nothing through that is no object', () => {
    expect([null, undefined, 'text', 7].map((payload) => matches({ id: ['x'] }, payload))).toEqual([false, false, false, false]);
  });

  it.each([
    [{ customerId: ['cust_1'], 'items.sku': ['A', 'B'], 'items.quantity': [1] }, {}],
    [{ customer: ['x'] }, { 'filter.customer': expect.stringContaining('customerId, status') }],
    [{ constructor: ['x'] }, { 'filter.constructor': expect.stringContaining('no such field') }],
    [{ total: [2999] }, { 'filter.total': expect.stringContaining('money') }],
    [{ 'items.unitPrice': [1] }, { 'filter.items.unitPrice': expect.stringContaining('money') }],
    [{ items: ['x'] }, { 'filter.items': expect.stringContaining('single field') }],
    [{ customerId: 'cust_1' }, { 'filter.customerId': expect.stringContaining('list of 1 to 100') }],
    [{ customerId: [] }, { 'filter.customerId': expect.stringContaining('list of 1 to 100') }],
    [{ customerId: Array(101).fill('x') }, { 'filter.customerId': expect.stringContaining('list of 1 to 100') }],
    [{ customerId: [7] }, { 'filter.customerId': expect.stringContaining('type string') }],
    [{ customerId: ['x'.repeat(257)] }, { 'filter.customerId': expect.stringContaining('256') }],
    [{ 'items.quantity': [1.5] }, { 'filter.items.quantity': expect.stringContaining('type integer') }],
    [Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`a${index}`, ['x']])), { filter: expect.stringContaining('10 paths') }],
    [['customerId'], { filter: expect.stringContaining('object') }],
    [null, { filter: expect.stringContaining('object') }],
  ])('%j is judged against the schema of its events', (filter, problems) => {
    expect(filterProblems(filter, ['order.created'])).toEqual(problems);
  });

  it('names a field of every event type it is for', () => {
    expect(filterProblems({ customerId: ['cust_1'] }, ['order.created', 'payment.received'])).toEqual({
      'filter.customerId': expect.stringContaining('payment.received has no such field'),
    });
  });
});
