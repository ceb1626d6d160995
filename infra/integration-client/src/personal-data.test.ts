import { type } from 'arktype';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { describeIssues, HIDDEN, hasPersonalData, pii, redact } from './personal-data.ts';

const CANARY = 'canary@example.com';

describe('what is tagged as personal', () => {
  const customer = z.object({
    id: z.string(),
    email: pii(z.email()),
    phone: pii(z.string()).optional(),
    address: z.object({ city: z.string(), street: pii(z.string()).nullable() }),
    orders: z.array(z.object({ total: z.number(), card: pii(z.string()).default('') })),
    tags: z.record(z.string(), z.string()),
    pair: z.tuple([z.number(), pii(z.string())]),
  });

  it('is hidden wherever it stands in a zod schema, and what the schema does not know is left out', () => {
    const body = {
      id: 'c_1',
      email: CANARY,
      phone: CANARY,
      address: { city: 'Bern', street: CANARY, floor: CANARY },
      orders: [{ total: 1, card: CANARY }],
      tags: { [CANARY]: 'vip' },
      pair: [1, CANARY],
      note: CANARY,
    };
    expect(redact(body, customer)).toEqual({
      id: 'c_1',
      email: HIDDEN,
      phone: HIDDEN,
      address: { city: 'Bern', street: HIDDEN },
      orders: [{ total: 1, card: HIDDEN }],
      tags: ['vip'],
      pair: [1, HIDDEN],
    });
    expect(hasPersonalData(customer)).toBe(true);
    expect(hasPersonalData(z.object({ id: z.string() }))).toBe(false);
  });

  it('is hidden though the body is not what the schema wants', () => {
    expect(
      JSON.stringify(
        redact(
          { id: { deep: CANARY }, address: CANARY, orders: { card: CANARY }, tags: [CANARY] },
          z.object({ id: z.string(), address: z.object({}), orders: z.array(pii(z.string())) }),
        ),
      ),
    ).not.toContain(CANARY);
    expect(redact(CANARY, customer)).toBe(HIDDEN);
  });

  it('is hidden in a choice, whichever of it fits', () => {
    const contact = z.union([
      z.object({ kind: z.literal('mail'), to: pii(z.string()) }),
      z.object({ kind: z.literal('post'), to: z.string() }),
    ]);
    expect(redact({ kind: 'mail', to: CANARY }, contact)).toEqual({ kind: 'mail', to: HIDDEN });
    expect(redact({ kind: 'post', to: 'Bern' }, contact)).toEqual({ kind: 'post', to: 'Bern' });
    expect(JSON.stringify(redact({ kind: 'other', to: CANARY }, contact))).not.toContain(CANARY);
    const ambiguous = z.union([z.object({ to: z.string() }), z.object({ to: pii(z.string()) })]);
    expect(redact({ to: CANARY }, ambiguous)).toBe(HIDDEN);
  });

  it('is hidden in schemas that hold themselves, are changed on the way, or are both of two', () => {
    type Node = { name: string; next?: Node | undefined };
    const node: z.ZodType<Node> = z.object({ name: pii(z.string()), next: z.lazy(() => node).optional() });
    expect(redact({ name: CANARY, next: { name: CANARY } }, node)).toEqual({ name: HIDDEN, next: { name: HIDDEN } });
    expect(hasPersonalData(node)).toBe(true);
    const changed = pii(z.string()).transform((text) => text.length);
    expect(JSON.stringify(redact(CANARY, changed))).not.toContain(CANARY);
    const both = z.intersection(z.object({ id: z.string() }), z.object({ email: pii(z.string()) }));
    expect(JSON.stringify(redact({ id: '1', email: CANARY }, both))).not.toContain(CANARY);
  });

  it('is everything where the schema says nothing', () => {
    expect(redact({ email: CANARY }, z.any())).toBe(HIDDEN);
    expect(redact({ meta: CANARY }, z.object({ meta: z.unknown() }))).toEqual({ meta: HIDDEN });
  });

  it.each([
    ['valibot', v.object({ email: v.string(), items: v.array(v.object({ card: v.string(), sku: v.string() })) })],
    ['arktype', type({ email: 'string', items: type({ card: 'string', sku: 'string' }).array() })],
  ])('is named by paths in a schema of %s, which shows nothing without', (_name, schema) => {
    const body = { email: CANARY, items: [{ card: CANARY, sku: 's' }] };
    expect(redact(body, schema)).toBe(HIDDEN);
    const tagged = pii.paths(schema, ['email', 'items.*.card']);
    expect(redact(body, tagged)).toEqual({ email: HIDDEN, items: [{ card: HIDDEN, sku: 's' }] });
    expect(hasPersonalData(tagged)).toBe(true);
  });
});

describe('what is wrong with a body', () => {
  it.each([
    ['zod', z.object({ email: z.email(), status: z.enum(['a']) }), ['invalid_format', 'invalid_value']],
    ['valibot', v.object({ email: v.pipe(v.string(), v.email()), status: v.picklist(['a']) }), ['email', 'picklist']],
    ['arktype', type({ email: 'string.email', status: "'a'" }), ['pattern', 'unit']],
  ])('is told by path and rule of %s, never by value', async (_name, schema, codes) => {
    const body = { email: 'canary at example', status: 'canary' };
    const { issues = [] } = await schema['~standard'].validate(body);
    const told = describeIssues(issues);
    expect(told.map(({ path }) => path).sort()).toEqual(['email', 'status']);
    expect(told.sort((one, other) => (one.path < other.path ? -1 : 1)).map(({ code }) => code)).toEqual(codes);
    expect(JSON.stringify(told)).not.toContain('canary');
  });

  it('does not tell the key of a record, which is a value', () => {
    const { issues = [] } = z.record(z.string(), z.number()).safeParse({ [CANARY]: 'x' }).error ?? {};
    expect(describeIssues(issues)).toEqual([{ path: '*', code: 'invalid_type' }]);
    expect(describeIssues([{ message: '', path: ['items', 0, { key: '4111111111111111' }] }])).toEqual([
      { path: 'items.0.*', code: 'invalid' },
    ]);
  });

  it('is told for twenty issues at most', () => {
    expect(describeIssues(Array.from({ length: 100 }, () => ({ message: CANARY })))).toHaveLength(20);
  });
});
