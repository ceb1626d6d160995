import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parsePathTemplate } from '../declaration/path-template.ts';
import { planOperation } from '../declaration/plan-operation.ts';
import { defineProvider, op } from '../define-provider.ts';
import { buildRequest } from './build-request.ts';

const body = z.record(z.string(), z.unknown());
const pay = op.post('/pay', { body, encode: 'form', idempotency: 'none' });
const acme = defineProvider('acme', { baseUrl: 'https://acme.example', operations: { pay } });

async function build(given: Record<string, unknown>) {
  const template = parsePathTemplate('/pay');
  if (template === undefined) throw new Error('The path is no template.');
  return buildRequest(planOperation(acme, 'pay', pay), { baseUrl: acme.baseUrl, template, headers: {} }, { body: given }, undefined);
}

describe('a body that is declared as a form', () => {
  it('is sent as one: scalars as text, lists by repeating their name, without what is undefined', async () => {
    const built = await build({ amount: 5, 'metadata[order]': 'a&b=c', live: false, tags: ['x', 'y'], note: undefined });
    expect(built).toMatchObject({ kind: 'built', request: { headers: { 'content-type': 'application/x-www-form-urlencoded' } } });
    expect(built.kind === 'built' && String(built.request.body)).toBe('amount=5&metadata%5Border%5D=a%26b%3Dc&live=false&tags=x&tags=y');
  });

  it('is refused, naming the field, when a value has no form', async () => {
    expect(await build({ amount: { minor: 5 } })).toEqual({ kind: 'invalid', issues: [{ path: 'body.amount', code: 'not_a_form_value' }] });
  });
});
