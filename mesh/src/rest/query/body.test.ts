import { parseInput } from '@portico/service-kit/parse-input';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { parseBody, parseJson } from './body.ts';

function refusal(act: () => unknown): { message: string; details: Record<string, string> } {
  try {
    act();
  } catch (error) {
    expect(error).toMatchObject({ code: 'VALIDATION_ERROR' });
    return error as { message: string; details: Record<string, string> };
  }
  throw new Error('It was not refused.');
}

const json = (text: string): unknown => parseJson(Buffer.from(text));
const at = (text: string): string | undefined => refusal(() => json(text)).details.body;

describe('the JSON of a body', () => {
  it.each(['null', '1.5', '"ä☕"', '[]', '{"a":{"b":[1,{"c":null}]}}', '\ufeff{"a":1}'])('%s is read', (text) => {
    expect(json(text)).toEqual(JSON.parse(text.replace('\ufeff', '')));
  });

  it.each([
    ['{"a":1,}', 'line 1, column 8 (position 7)'],
    ['{"a":\n  01}', 'line 2, column 4 (position 9)'],
    ['{"a":1}x', 'line 1, column 8 (position 7)'],
    ['{"a": x}', 'line 1, column 7 (position 6)'],
    ['nope', 'line 1, column 2 (position 1)'],
    [`{"a":"${'y'.repeat(5_000)}",\n"b": nil}`, 'line 2, column 7 (position 5015)'],
    ["{'a':1}", 'line 1, column 2 (position 1)'],
    ['"a\nb"', 'line 1, column 3 (position 2)'],
  ])('that breaks says where: %j', (text, place) => expect(at(text)).toBe(`Unexpected text at ${place}.`));

  it.each(['', ' ', '{', '{"a":', '[1,2', '"abc', 'tru', '1.'])('that stops too early says so: %j', (text) => {
    expect(at(text)).toBe('It ends too early.');
  });

  it.each([
    ['x at position 0', 'position 0'],
    ['{"a":x, " at position 7":1}', 'position 5'],
    ['{"Unexpected end":x}', 'position 18'],
  ])('cannot pretend to break elsewhere: %s', (text, place) => expect(at(text)).toContain(`(${place})`));

  it.each([
    ['stops too early', '', 'It ends too early.'],
    ['breaks at its end', 'x', 'Unexpected text after position 65536.'],
  ])('that is a megabyte of brackets and %s is parsed but a few times over', (_how, end, told) => {
    const parsed = vi.spyOn(JSON, 'parse');
    try {
      expect(at('['.repeat(1_000_000) + end)).toBe(told);
      expect(parsed.mock.calls.reduce((characters, [text]) => characters + text.length, 0)).toBeLessThan(3_000_000);
    } finally {
      parsed.mockRestore();
    }
  });

  it('must be UTF-8', () => {
    expect(refusal(() => parseJson(Buffer.from([0x22, 0xff, 0x22]))).message).toBe('The body is not valid UTF-8.');
  });

  it.each(['__proto__', 'constructor', 'prototype'])('may not name %s anywhere, and changes no prototype by it', (name) => {
    const { details } = refusal(() => json(`{"a":[{"${name}":{"polluted":true}}]}`));
    expect(Object.entries(details)).toEqual([[`a[0].${name}`, 'This name is not allowed.']]);
    expect(Object.entries(refusal(() => json(`{"${name.replace('o', '\\u006f')}":1}`)).details)).toHaveLength(1);
    expect('polluted' in {}).toBe(false);
  });

  it('may be nested 32 deep and no deeper', () => {
    const nested = (depth: number): string => `${'[{"a":'.repeat(depth / 2)}1${'}]'.repeat(depth / 2)}`;
    expect(() => json(nested(32))).not.toThrow();
    expect(refusal(() => json(nested(34))).message).toBe('The body is nested deeper than 32.');
    expect(refusal(() => json(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)).message).toMatch(/nested deeper/);
  });

  it.each(['\\u0000', 'a\\u0000b', '\\ud800', 'a\\udc00b'])('may not have a text that cannot be kept: "%s"', (escaped) => {
    expect(refusal(() => json(`{"a":[1,"${escaped}"]}`)).details).toEqual({ 'a[1]': 'It contains a character that is not allowed.' });
    expect(refusal(() => json(`"${escaped}"`)).details).toEqual({ body: expect.any(String) });
    expect(json('"\\ud83d\\ude00\\n\\u0001"')).toBe('😀\n\u0001');
  });
});

const schema = z.strictObject({
  name: z.string().min(1).max(5),
  note: z.string().nullish(),
  items: z.array(z.strictObject({ quantity: z.int().min(1), address: z.strictObject({ city: z.string() }).optional() })).optional(),
});

describe('a body', () => {
  it('is what its schema makes of it', () => {
    const body = { name: 'a', note: null, items: [{ quantity: 2, address: { city: 'Bern' } }] };
    expect(parseBody(schema, body)).toEqual(body);
    expect(
      parseBody(
        schema.transform(({ name }) => name),
        { name: 'a' },
      ),
    ).toBe('a');
  });

  it('is told every field that is wrong, by its path', () => {
    expect(refusal(() => parseBody(schema, { note: 1, items: [{ quantity: 0 }, { quantity: 1.5, address: {} }] })).details).toEqual({
      name: 'It is required.',
      note: 'It must be a text.',
      'items[0].quantity': 'It must be at least 1.',
      'items[1].quantity': 'It must be a whole number.',
      'items[1].address.city': 'It is required.',
    });
  });

  it.each<[z.ZodType, unknown, string, string]>([
    [z.object({ amount: z.number().positive() }), { amount: 0 }, 'amount', 'It must be more than 0.'],
    [z.object({ rate: z.number().lt(1) }), { rate: 1 }, 'rate', 'It must be less than 1.'],
    [z.object({ headers: z.record(z.string(), z.string()) }), { headers: [] }, 'headers', 'It must be an object.'],
    [z.object({ headers: z.record(z.string().max(2), z.string()) }), { headers: { abc: '' } }, 'headers.abc', 'This name is not allowed.'],
  ])('is told the rule that it breaks, %#', (rule, body, path, problem) => {
    expect(refusal(() => parseBody(rule, body)).details).toEqual({ [path]: problem });
  });

  it.each([
    [{ name: 'a', Note: 1 }, 'Note', '"Note" is not known. Did you mean "note"? Allowed: name, note, items.'],
    [{ name: 'a', price: 1 }, 'price', '"price" is not known. Allowed: name, note, items.'],
    [
      { name: 'a', items: [{ quantity: 1, quantiy: 2 }] },
      'items[0].quantiy',
      '"quantiy" is not known. Did you mean "quantity"? Allowed: quantity, address.',
    ],
    [
      { name: 'a', items: [{ quantity: 1, address: { city: 'Bern', town: 'x' } }] },
      'items[0].address.town',
      '"town" is not known. Allowed: city.',
    ],
  ])('with an unknown property is refused, with the names that are known there: %j', (body, path, problem) => {
    expect(refusal(() => parseBody(schema, body)).details).toEqual({ [path]: problem });
  });

  it.each(['toString', 'hasOwnProperty', 'valueOf'])('with a property called %s is refused like with any other', (name) => {
    expect(Object.entries(refusal(() => parseBody(schema, { name: 'a', [name]: 1 })).details)).toEqual([
      [name, `"${name}" is not known. Allowed: name, note, items.`],
    ]);
  });

  it.each([1e300, -1e300])('is told the bounds of its field for the number %d, which is beyond every whole number', (count) => {
    const bounded = z.object({ counts: z.array(z.int().min(1).max(1_000)) });
    const problem = count > 0 ? 'It must be at most 1000.' : 'It must be at least 1.';
    expect(refusal(() => parseBody(bounded, { counts: [5, count] })).details).toEqual({ 'counts[1]': problem });
    expect(refusal(() => parseInput(bounded, { counts: [5, count] })).details).toEqual({ 'counts[1]': problem });
  });

  it('with very many unknown properties is told the first 50', () => {
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`n${i}`, i]));
    expect(Object.keys(refusal(() => parseBody(schema, { name: 'a', ...many })).details)).toEqual(
      Array.from({ length: 50 }, (_, i) => `n${i}`),
    );
  });

  it.each([[[]], [null], ['text'], [undefined]])('that is %j and no object is refused as a whole', (body) => {
    expect(Object.keys(refusal(() => parseBody(schema, body)).details)).toEqual(['body']);
  });

  it('of a schema that also checks the whole is told what the whole lacks', () => {
    const change = schema.partial().refine((value) => Object.keys(value).length > 0, 'At least one property must be given.');
    expect(refusal(() => parseBody(change, {})).details).toEqual({ body: 'At least one property must be given.' });
  });
});
