import { describe, expect, it } from 'vitest';
import type { JsonSchema } from './json-schema.ts';
import { zodSource } from './zod-source.ts';

const sourceOf = (pattern: string): string =>
  zodSource({ type: 'string', pattern }, { refer: () => 'z.unknown()', isPersonal: () => false });

describe('the pattern of a text', () => {
  it.each(['^(a+)+$', '^(a|a)*$', '^(?:[a-z]+){3,}$', '(x+\\))*', '([)]a*)+', '^((a+)b?)+$'])(
    'that a text could keep busy for ever is left out: %s',
    (pattern) => {
      expect(sourceOf(pattern)).toBe('z.string()');
    },
  );

  it.each(['^[a-z]{2,8}$', '^\\+?\\d+$', '^(live|test)_\\w+$', '^\\(\\)+$', '^[()+]*$', '^(a)?$'])('is kept otherwise: %s', (pattern) => {
    expect(sourceOf(pattern)).toBe(`z.string().regex(new RegExp(${JSON.stringify(pattern)}, 'u'))`);
  });
});

describe('a field whose name is personal', () => {
  const fieldOf = (part: JsonSchema): string =>
    zodSource(
      { type: 'object', required: ['emails'], properties: { emails: part } },
      { refer: () => 'Email', isPersonal: (name) => name === 'emails' },
    );

  it.each<[JsonSchema, string]>([
    [{ type: 'array', items: {} }, 'pii(z.array(z.unknown()))'],
    [{ type: 'array', items: { type: 'string', format: 'email' } }, 'pii(z.array(z.email()))'],
    [{ type: 'object', properties: { work: { type: 'string' } } }, 'pii(z.object({ work: z.string().optional() }))'],
    [{}, 'pii(z.unknown())'],
    [{ type: ['string', 'null'] }, 'pii(z.string().nullable())'],
    [{ anyOf: [{ type: 'string' }, { type: 'integer' }] }, 'pii(z.union([z.string(), z.int()]))'],
  ])('is personal whatever it holds: %j', (part, source) => expect(fieldOf(part)).toBe(`z.object({ emails: ${source} })`));

  it('leaves what it refers to as it is elsewhere', () => {
    expect(fieldOf({ $ref: '#/components/schemas/Email' })).toBe('z.object({ emails: pii(Email.clone()) })');
  });

  it.each<[JsonSchema, string]>([
    [{ type: 'boolean' }, 'z.boolean()'],
    [{ enum: ['on', 'off'] }, 'z.enum(["on","off"])'],
  ])('is not when it names nobody: %j', (part, source) => expect(fieldOf(part)).toBe(`z.object({ emails: ${source} })`));
});
