import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import type { CallOf, CallResult } from './declaration/call-types.ts';
import { defineProvider, op } from './define-provider.ts';

const Payment = z.object({ id: z.string(), paidAt: z.coerce.date() });
const provider = defineProvider('acme-pay', {
  baseUrl: 'https://api.acme.example/v2',
  operations: {
    getPayment: op.get('/payments/{id}', { params: z.object({ id: z.string() }), response: Payment, hedge: { afterMs: 200 } }),
    listPayments: op.get('/payments', { query: z.object({ limit: z.number().optional() }), response: z.array(Payment) }),
    createPayment: op.post('/payments', {
      body: z.object({ amount: z.number() }),
      response: Payment,
      idempotency: { header: 'Idempotency-Key', livesMs: 86_400_000, reconcile: 'getPayment' },
    }),
    ping: op.post('/ping', { idempotency: 'none' }),
    removePayment: op.delete('/payments/{id}', { params: z.object({ id: z.string() }) }),
  },
});
type Operations = typeof provider.operations;

// Checked by the compiler alone; never run.
export function refused(): void {
  // @ts-expect-error POST says what happens when it is sent twice
  op.post('/payments', { response: Payment });
  // @ts-expect-error so does PATCH
  op.patch('/payments/{id}', { response: Payment });
  // @ts-expect-error a write is never hedged
  op.post('/payments', { idempotency: 'none', hedge: { afterMs: 100 } });
  // @ts-expect-error nor is one that may be repeated
  op.put('/payments/{id}', { hedge: { afterMs: 100 } });
  // @ts-expect-error only reads are cached
  op.delete('/payments/{id}', { cache: { ttlMs: 1_000 } });
  // @ts-expect-error a read has no body
  op.get('/payments', { body: z.object({}) });
}

describe('a declared provider', () => {
  it('keeps its name and operations', () => {
    expect(provider.name).toBe('acme-pay');
    expect(provider.operations.createPayment).toMatchObject({ method: 'POST', path: '/payments' });
  });

  it('gives its calls the types of its schemas', () => {
    expectTypeOf<CallOf<Operations['getPayment']>>().parameter(0).toEqualTypeOf<{ params: { id: string } }>();
    expectTypeOf<CallOf<Operations['getPayment']>>().returns.resolves.toEqualTypeOf<CallResult<{ id: string; paidAt: Date }>>();
    expectTypeOf<CallOf<Operations['removePayment']>>().returns.resolves.toEqualTypeOf<CallResult<unknown>>();
    expectTypeOf<Parameters<CallOf<Operations['listPayments']>>[0]>().toEqualTypeOf<
      { query?: { limit?: number | undefined } } | undefined
    >();
  });

  it('asks for a key exactly where idempotency is declared', () => {
    type Options<Name extends keyof Operations> = Parameters<CallOf<Operations[Name]>>[1];
    expectTypeOf<Options<'createPayment'>>().toExtend<{ key: string }>();
    expectTypeOf<{ key: string }>().not.toExtend<NonNullable<Options<'ping'>>>();
    expectTypeOf<{ key: string }>().not.toExtend<NonNullable<Options<'getPayment'>>>();
    expectTypeOf<undefined>().toExtend<Options<'ping'>>();
    expectTypeOf<undefined>().not.toExtend<Options<'createPayment'>>();
  });
});
