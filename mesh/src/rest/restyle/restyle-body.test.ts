import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { V2 } from '../../contracts/conventions.ts';
import { order } from '../../contracts/v1/orders.ts';
import { amount } from '../declare/amount.ts';
import { parseBody } from '../query/body.ts';
import { restyleBody } from './restyle-body.ts';

const declared = z
  .strictObject({
    customerId: z.string(),
    items: z.array(z.strictObject({ productId: z.string(), price: amount(z.number().min(0).max(1_000)).optional() })).max(2),
    shippingAddress: z.strictObject({ zip: z.string().nullish() }).nullish(),
    headers: z.record(z.string(), z.string()).optional(),
    notes: z.string().nullish().meta({ description: 'Beside `customerId`.' }),
  })
  .partial()
  .refine((value) => Object.keys(value).length > 0, 'At least one property must be given.');
const { schema, write } = restyleBody(declared, V2, order);

function problemsOf(body: unknown): unknown {
  try {
    return parseBody(schema, body);
  } catch (error) {
    return (error as { details: unknown }).details;
  }
}

describe('a body of another version', () => {
  it('is parsed to what the declared body is parsed to, and is written from it', () => {
    const said = {
      customer_id: 'c',
      items: [{ product_id: 'p', unit_price: '29.99' }, { product_id: 'q' }],
      shipping_address: { postal_code: null },
      headers: { fooBar: 'x' },
      notes: null,
    };
    const value = {
      customerId: 'c',
      items: [{ productId: 'p', price: 29.99 }, { productId: 'q' }],
      shippingAddress: { zip: null },
      headers: { fooBar: 'x' },
      notes: null,
    };
    expect(parseBody(schema, said)).toEqual(value);
    expect(write(value)).toEqual(said);
    expect(parseBody(schema, { shipping_address: null })).toEqual({ shippingAddress: null });
  });

  it('names what is wrong as the request did, and knows no name of another version', () => {
    expect(problemsOf({ customer_id: 1, items: [{ product_id: 'p' }, {}] })).toEqual({
      customer_id: 'It must be a text.',
      'items[1].product_id': 'It is required.',
    });
    expect(problemsOf({ customerId: 'c' })).toMatchObject({
      customerId: expect.stringMatching(/^"customerId" is not known. Did you mean "customer_id"\? Allowed: customer_id, items/),
    });
    expect(problemsOf({ shipping_address: { zip: '1' } })).toEqual({ 'shipping_address.zip': expect.stringContaining('postal_code') });
    expect(problemsOf({})).toEqual({ body: 'At least one property must be given.' });
    expect(problemsOf({ items: [{}, {}, {}] })).toMatchObject({ items: 'It must have at most 2 elements.' });
  });

  it.each([
    [29.99, 'It must be a text.'],
    ['', /text/],
    ['1e2', /text/],
    ['-1', /text/],
    ['1.', /text/],
    ['1,5', /text/],
    [' 1', /text/],
    ['0.0001', /text/],
    ['NaN', /text/],
    ['9999999999999', /text/],
    // The bounds of the declared number hold.
    ['1000.01', 'It must be at most 1000.'],
  ])('refuses %j as an amount', (given, problem) => {
    expect(problemsOf({ items: [{ product_id: 'p', unit_price: given }] })).toEqual({
      'items[0].unit_price': typeof problem === 'string' ? problem : expect.stringMatching(problem),
    });
  });

  it.each(['0', '0.1', '29.90', '999.999', '1000.000', '007'])('takes %s as an amount', (given) => {
    expect(problemsOf({ items: [{ product_id: 'p', unit_price: given }] })).toEqual({ items: [{ productId: 'p', price: Number(given) }] });
  });

  it('is described in its own names', () => {
    const { properties = {} } = z.toJSONSchema(schema, { io: 'input' });
    expect(Object.keys(properties)).toEqual(['customer_id', 'items', 'shipping_address', 'headers', 'notes']);
    expect(properties.notes).toMatchObject({ description: 'Beside `customer_id`.' });
  });
});
