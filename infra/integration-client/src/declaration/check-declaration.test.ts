import { ConfigError } from '@portico/service-kit/config';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineProvider, op, type Provider, type ProviderSettings } from '../define-provider.ts';
import { assertConsistent } from './check-declaration.ts';
import type { AnyDeclaration, Method, Operation } from './operation.ts';

const ID = z.object({ id: z.string() });
const KEY = { header: 'Idempotency-Key', livesMs: 86_400_000 };

function problems(...providers: Provider[]): string {
  try {
    assertConsistent(providers);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return '';
}
const provider = (settings: Partial<ProviderSettings>, operations: Readonly<Record<string, Operation>> = {}): Provider =>
  defineProvider('acme', { baseUrl: 'https://acme.example', ...settings, operations });
/** As a declaration without types would be: the compiler refuses some of these. */
const untyped = (method: Method, declaration: AnyDeclaration, path = '/things'): Readonly<Record<string, Operation>> => ({
  call: { method, path, declaration },
});

describe('a declaration', () => {
  it('passes with nothing but an address, and with everything declared in agreement', () => {
    const operations = {
      get: op.get('/things/{id}', { params: ID, cache: { ttlMs: 1_000, staleMs: 0 }, hedge: { afterMs: 100 } }),
      post: op.post('/things', { idempotency: { ...KEY, reconcile: 'get' }, deadlineMs: 3_000, attemptTimeoutMs: 1_000, maxRetries: 2 }),
    };
    expect(problems(provider({}), { ...provider({ limits: { perMinute: 10 } }, operations), name: 'other' })).toBe('');
    for (const concurrency of ['adaptive', { adaptive: { max: 5 } }, { adaptive: { min: 300 } }, { adaptive: { initial: 7 } }] as const) {
      expect(problems(provider({ limits: { concurrency } }))).toBe('');
    }
  });

  const contradictions: readonly [problem: string, declared: Provider][] = [
    ['acme.baseUrl: plain HTTP', provider({ baseUrl: 'http://acme.example' })],
    ['acme.baseUrl: must be', provider({ baseUrl: 'https://user:pw@acme.example' })],
    ['acme.headers', provider({ headers: { 'x-note': 'a\r\nb' } })],
    ['acme.headers', provider({ headers: { Authorization: 'Bearer x' } })],
    ['acme.limits.perMinute', provider({ limits: { perMinute: 0 } })],
    ['acme.limits.concurrency', provider({ limits: { concurrency: 0.5 } })],
    ['acme.limits.concurrency: must be a whole', provider({ limits: { concurrency: { adaptive: { min: 0 } } } })],
    ['acme.limits.concurrency.adaptive', provider({ limits: { concurrency: { adaptive: { min: 30, max: 20 } } } })],
    ['acme.limits.concurrency.adaptive', provider({ limits: { concurrency: { adaptive: { initial: 30, max: 20 } } } })],
    ['acme.limits.concurrency.adaptive', provider({ limits: { concurrency: { adaptive: { min: 10, initial: 5 } } } })],
    ['acme.breaker.failureRatio', provider({ breaker: { failureRatio: 1 } })],
    ['acme.breaker.minimumCalls: more than', provider({ limits: { perMinute: 5 } })],
    ['acme.breaker.openMs', provider({ breaker: { openMs: 10 } })],
    ['acme.retries.baseMs', provider({ retries: { baseMs: 500, capMs: 100 } })],
    ['acme.call.path', provider({}, untyped('GET', {}, '/things?all=1'))],
    ['acme.call.path', provider({}, untyped('GET', { params: ID }, '/{id}/{id}'))],
    ['acme.call.path', provider({}, untyped('GET', {}, '/a/../b'))],
    ['acme.call.params', provider({}, untyped('GET', { params: z.object({ other: z.string() }) }, '/things/{id}'))],
    ['acme.call.params', provider({}, untyped('GET', { params: ID }))],
    ['acme.call.body', provider({}, untyped('GET', { body: ID }))],
    ['acme.call.deadlineMs', provider({}, untyped('GET', { deadlineMs: 0 }))],
    ['acme.call.attemptTimeoutMs: longer', provider({}, untyped('GET', { deadlineMs: 1_000, attemptTimeoutMs: 2_000 }))],
    ['acme.call.attemptTimeoutMs: more than half', provider({}, untyped('GET', { deadlineMs: 90_000, attemptTimeoutMs: 40_000 }))],
    ['acme.call.maxRetries: must be', provider({}, untyped('GET', { maxRetries: -1 }))],
    ['acme.call.maxRetries: the waits', provider({}, untyped('GET', { deadlineMs: 600, maxRetries: 3 }))],
    ['acme.call.maxRetries: declared for a write', provider({}, untyped('POST', { idempotency: 'none', maxRetries: 1 }))],
    ['acme.call.cache: only', provider({}, untyped('POST', { idempotency: 'none', cache: { ttlMs: 5_000 } }))],
    ['acme.call.cache.ttlMs', provider({}, untyped('GET', { cache: { ttlMs: 300 } }))],
    ['acme.call.cache.staleMs', provider({}, untyped('GET', { cache: { ttlMs: 60_000, staleMs: 1_000 } }))],
    ['acme.call.cache.softTimeoutMs', provider({}, untyped('GET', { cache: { ttlMs: 5_000, softTimeoutMs: 5_000 } }))],
    ['acme.call.hedge: only', provider({}, untyped('POST', { idempotency: KEY, hedge: { afterMs: 10 } }))],
    ['acme.call.hedge.afterMs', provider({}, untyped('GET', { deadlineMs: 100, hedge: { afterMs: 100 } }))],
    ['acme.call.idempotency: must be declared', provider({}, untyped('PATCH', {}))],
    ['acme.call.idempotency.header', provider({}, untyped('POST', { idempotency: { ...KEY, header: 'Host' } }))],
    ['acme.call.idempotency.livesMs', provider({}, untyped('POST', { idempotency: { ...KEY, livesMs: 1_000 } }))],
    ['acme.call.idempotency.reconcile: there is no', provider({}, untyped('POST', { idempotency: { ...KEY, reconcile: 'toString' } }))],
    ['acme.call.idempotency.reconcile: must be a GET', provider({}, untyped('POST', { idempotency: { ...KEY, reconcile: 'call' } }))],
    ['acme.call.errors', provider({}, untyped('GET', { errors: { 500: ID } }))],
  ];
  it.each(contradictions)('is refused: %s', (problem, declared) => {
    expect(problems(declared)).toContain(problem);
  });

  it('is refused with all its problems at once, and with another of its name', () => {
    const message = problems(provider({ limits: { perMinute: 0 } }, untyped('GET', { cache: { ttlMs: 1 } })), provider({}));
    expect(message).toContain('acme.limits.perMinute');
    expect(message).toContain('acme.call.cache.ttlMs');
    expect(message).toContain('acme: declared twice');
  });
});
