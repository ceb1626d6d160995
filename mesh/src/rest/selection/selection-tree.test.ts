import { describe, expect, it } from 'vitest';
import { integer, join, part, text } from '../declare/fields.ts';
import { defineResource, type Resource } from '../declare/resource.ts';
import { parseSelection, type SelectionTree } from './selection-tree.ts';

const address: Resource = defineResource('Address', { street: text(), city: text() });
const customer: Resource = defineResource('Customer', {
  id: text(),
  name: text(),
  address: part(() => address, { nullable: true, description: '' }),
  orders: join(() => order, 'orders:read', { many: true, description: '' }),
});
const order: Resource = defineResource('Order', {
  id: text(),
  status: text(),
  quantity: integer(),
  shippingAddress: part(() => address, { nullable: true, description: '' }),
  customer: join(() => customer, 'customers:read', { description: '' }),
});

/** As text: `id customer{name}`. */
function show(tree: SelectionTree): string {
  return [...tree].map(([name, under]) => (under.size === 0 ? name : `${name}{${show(under)}}`)).join(' ');
}
const select = (fields?: string, expand?: string): string => show(parseSelection(order, fields, expand));

function detailsOf(fields?: string, expand?: string): unknown {
  try {
    parseSelection(order, fields, expand);
  } catch (error) {
    expect(error).toMatchObject({ code: 'VALIDATION_ERROR' });
    return (error as { details: unknown }).details;
  }
  throw new Error('It was not refused.');
}

const DEFAULTS = 'id status quantity shippingAddress{street city}';

describe('a selection', () => {
  it('has by default every field but the joins', () => expect(select()).toBe(DEFAULTS));

  it.each<[string, string]>([
    ['id', 'id'],
    ['quantity,id', 'id quantity'],
    [' status , id ', 'id status'],
    ['id,id,status,id', 'id status'],
    ['shippingAddress', 'shippingAddress{street city}'],
    ['shippingAddress.city', 'shippingAddress{city}'],
    ['shippingAddress.city,id,shippingAddress.street', 'id shippingAddress{street city}'],
    ['customer', 'customer{id name address{street city}}'],
    ['customer.address.city,customer.name', 'customer{name address{city}}'],
    ['customer.orders.customer.name', 'customer{orders{customer{name}}}'],
  ])('of fields=%s is those, in the order of the resource', (fields, tree) => expect(select(fields)).toBe(tree));

  it('is the same text for the same fields, however they are asked for', () => {
    expect(select('customer.name,id,customer.id')).toBe(select('id,customer.id,customer.name,id'));
  });

  it.each<[string | undefined, string, string]>([
    [undefined, 'customer', `${DEFAULTS} customer{id name address{street city}}`],
    [undefined, 'customer.orders', `${DEFAULTS} customer{id name address{street city} orders{${DEFAULTS}}}`],
    [undefined, 'customer,customer', `${DEFAULTS} customer{id name address{street city}}`],
    ['id', 'customer', 'id customer{id name address{street city}}'],
    ['id,customer.name', 'customer.orders', `id customer{name orders{${DEFAULTS}}}`],
  ])('of fields=%s and expand=%s has both', (fields, expand, tree) => expect(select(fields, expand)).toBe(tree));

  it.each<[string, string]>([
    ['stauts', '"stauts" is not known. Did you mean "status"? Allowed: id, status, quantity, shippingAddress, customer.'],
    ['STATUS', '"STATUS" is not known. Did you mean "status"? Allowed: id, status, quantity, shippingAddress, customer.'],
    ['customer.nmae', '"customer.nmae" is not known. Did you mean "name"? Allowed: id, name, address, orders.'],
    ['colour', '"colour" is not known. Allowed: id, status, quantity, shippingAddress, customer.'],
    ['id.x', '"id" has no fields of its own.'],
    ['shippingAddress.city.x', '"shippingAddress.city" has no fields of its own.'],
    ['', 'A name is empty.'],
    ['id,', 'A name is empty.'],
    ['id,,status', 'A name is empty.'],
    ['customer.', '"customer." is not known. Allowed: id, name, address, orders.'],
  ])('of fields=%s is refused: %s', (fields, problem) => expect(detailsOf(fields)).toEqual({ fields: problem }));

  it.each(['__proto__', 'constructor', 'toString', 'customer.__proto__', 'customer.constructor.name'])('knows no %s', (name) => {
    expect(detailsOf(name)).toEqual({ fields: expect.stringContaining('is not known') });
    expect(detailsOf(undefined, name)).toEqual({ expand: expect.stringContaining('is not known') });
  });

  it.each<[string, string]>([
    ['custmer', '"custmer" is not known. Did you mean "customer"? Allowed: shippingAddress, customer.'],
    ['status', '"status" is not known. Allowed: shippingAddress, customer.'],
    ['customer.name', '"customer.name" is not known. Allowed: address, orders.'],
    ['', 'A name is empty.'],
  ])('of expand=%s is refused, and only what can be expanded is allowed', (expand, problem) => {
    expect(detailsOf(undefined, expand)).toEqual({ expand: problem });
  });

  it('may name 50 fields and no more', () => {
    expect(select(new Array(50).fill('id').join(','))).toBe('id');
    expect(detailsOf(new Array(51).fill('id').join(','))).toEqual({ fields: 'At most 50 names.' });
    expect(detailsOf(undefined, new Array(51).fill('customer').join(','))).toEqual({ expand: 'At most 50 names.' });
  });

  it('may be 4 deep and no deeper, though the resources have no end', () => {
    expect(select('customer.orders.customer.orders')).toBe(`customer{orders{customer{orders{${DEFAULTS}}}}}`);
    const deep = 'customer.orders.customer.orders.id';
    expect(detailsOf(deep)).toEqual({ fields: `"${deep}" is nested deeper than 4.` });
    expect(detailsOf(undefined, 'customer.orders.customer.orders.customer')).toEqual({ expand: expect.stringContaining('deeper than 4') });
  });

  it('repeats no more than the beginning of a long name', () => {
    expect(JSON.stringify(detailsOf('x'.repeat(4_000))).length).toBeLessThan(250);
    expect(JSON.stringify(detailsOf('x.'.repeat(2_000))).length).toBeLessThan(250);
  });
});
