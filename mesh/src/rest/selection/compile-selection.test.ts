import { describe, expect, it } from 'vitest';
import { join, money, part, text } from '../declare/fields.ts';
import { defineResource, type Resource } from '../declare/resource.ts';
import { compileSelection } from './compile-selection.ts';
import { parseSelection } from './selection-tree.ts';

const product: Resource = defineResource('Product', { id: text(), name: text() });
const line: Resource = defineResource('Line', {
  unitPrice: money({ example: 29.99 }),
  product: join(() => product, 'products:read', { nullable: true, description: '' }),
});
const order: Resource = defineResource('Order', {
  id: text(),
  total: money({ example: 29.99 }),
  currency: text(),
  notes: text({ nullable: true, graph: 'remark' }),
  items: part(() => line, { graph: 'lines', many: true, description: '' }),
  customer: join(() => defineResource('Customer', { name: text() }), 'customers:read', { nullable: true, graph: 'buyer', description: '' }),
});

const compile = (fields: string, extra: string[] = []) => compileSelection(order, parseSelection(order, fields, undefined), extra);

describe('a compiled selection', () => {
  it('asks the graph for what was selected, under the names the graph has, each once', () => {
    expect(compile('id,notes').graph).toBe('{ id remark }');
    expect(compile('id,total,currency', ['id', 'version']).graph).toBe('{ id version total currency }');
    expect(compile('items.product.name').graph).toBe('{ lines { product { name } } }');
  });

  it('asks for the currency of an amount, and shows it only when it was selected', () => {
    const { graph, write } = compile('total');
    expect(graph).toBe('{ total currency }');
    expect(write({ total: 1250, currency: 'USD' })).toEqual({ total: 12.5 });
    expect(write({ total: 1250, currency: 'JPY' })).toEqual({ total: 1250 });
    expect(write({ total: null, currency: 'USD' })).toEqual({ total: null });
  });

  it('writes what was selected, in the order of the resource, and nothing else that the graph answered', () => {
    const source = {
      id: 'ord_1',
      version: 3,
      remark: 'Ring twice',
      lines: [
        { unitPrice: 100, currency: 'USD', product: { id: 'prod_1', name: 'Mug' } },
        { unitPrice: 5, currency: 'USD', product: null },
      ],
      buyer: { name: 'Ada', email: 'ada@example.com' },
    };
    const written = compile('customer,items.unitPrice,items.product.name,notes,id').write(source);
    expect(JSON.stringify(written)).toBe(
      '{"id":"ord_1","notes":"Ring twice","items":[{"unitPrice":1,"product":{"name":"Mug"}},{"unitPrice":0.05,"product":null}],"customer":{"name":"Ada"}}',
    );
  });

  it('has every selected field in the answer, though the graph had nothing for it', () => {
    expect(compile('id,notes,total,items,customer').write({ id: 'ord_1' })).toEqual({
      id: 'ord_1',
      notes: null,
      total: null,
      items: [],
      customer: null,
    });
  });

  it('needs the scopes of its joins, however deep, each once, and of no others', () => {
    expect(compile('id,items').scopes).toEqual([]);
    expect(compile('items.product.name').scopes).toEqual(['products:read']);
    expect([...compile('customer,items.product').scopes].sort()).toEqual(['customers:read', 'products:read']);
  });
});
