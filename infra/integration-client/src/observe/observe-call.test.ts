import { createLogger } from '@portico/service-kit/logger';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import type { ObservedEnd } from './call-record.ts';
import { correlationHeaders, correlationIdOf } from './correlation.ts';
import { createObserver, type Observer, type ObserverOptions } from './observe-call.ts';

function open(options: Partial<ObserverOptions> = {}): {
  observer: Observer;
  registry: Registry;
  lines(): Record<string, unknown>[];
  text(): string;
} {
  const written: string[] = [];
  const registry = new Registry();
  const logger = createLogger({ program: 'test', level: 'info', destination: { write: (line) => void written.push(line) } });
  const observer = createObserver({ logger, registry, ...options });
  return { observer, registry, lines: () => written.map((line) => JSON.parse(line)), text: () => written.join('') };
}

const END: ObservedEnd = { status: 200, attempts: 1, cached: false, stale: false, ageMs: 0, responseTimeMs: 1 };
const ABOUT = { method: 'GET', template: '/payments/{id}' };

describe('a call', () => {
  it('is one line with everything that happened to it', () => {
    const { observer, lines } = open();
    const call = observer.call('acme-pay', 'getPayment', 'req_1', ABOUT);
    call.attempt({ failure: 'attempt', durationMs: 1_000.4, waitedMs: 0 });
    call.attempt({ status: 200, durationMs: 30, waitedMs: 80.6 });
    call.end({ ...END, attempts: 2, responseTimeMs: 1_110.6 });
    expect(lines()).toEqual([
      {
        level: 'info',
        time: expect.any(String),
        program: 'test',
        event: 'integration_call',
        provider: 'acme-pay',
        operation: 'getPayment',
        correlationId: 'req_1',
        method: 'GET',
        template: '/payments/{id}',
        status: 200,
        cached: false,
        stale: false,
        ageMs: 0,
        responseTimeMs: 1_111,
        attempts: [
          { failure: 'attempt', durationMs: 1_000, waitedMs: 0 },
          { status: 200, durationMs: 30, waitedMs: 81 },
        ],
        msg: 'A provider answered.',
      },
    ]);
  });

  it('is written and counted once, though a late try ends after it', async () => {
    const { observer, registry, lines } = open();
    const call = observer.call('acme', 'get', 'req_1', ABOUT);
    call.end(END);
    call.attempt({ durationMs: 1, waitedMs: 0 });
    call.end(END);
    expect(lines()).toHaveLength(1);
    expect(await registry.getSingleMetricAsString('integration_call_duration_seconds')).toMatch(/_count\{.*outcome="ok"\} 1/);
    expect(await registry.getSingleMetricAsString('integration_attempts_total')).not.toMatch(/\} 1/);
  });

  it.each([
    ['AUTHENTICATION_ERROR', 'error'],
    ['OUTCOME_UNKNOWN', 'error'],
    ['API_TIMEOUT', 'warn'],
    ['CLIENT_ERROR', 'info'],
    ['CANCELLED', 'info'],
  ])('that fails with %s is written as %s', (code, level) => {
    const { observer, lines } = open();
    observer.call('acme', 'get', 'req_1', ABOUT).end({ ...END, code });
    expect(lines()[0]).toMatchObject({ level, code });
  });

  it('shows of its headers those that are on the list, in whatever case, and bodies as they were redacted', () => {
    const { observer, lines, text } = open();
    const responseHeaders = { 'Retry-After': '3', 'set-cookie': 'canary' };
    observer.call('acme', 'get', 'req_1', ABOUT).end({ ...END, contents: { responseHeaders, requestBody: { id: 'shown' } } });
    expect(lines()[0]?.shown).toEqual({ responseHeaders: { 'Retry-After': '3' }, requestBody: { id: 'shown' } });
    expect(text()).not.toContain('canary');
  });
});

describe('why a try failed', () => {
  it('is told in a word, and as "other" when it is none', async () => {
    const { observer, registry, text } = open();
    const call = observer.call('acme', 'get', 'r', ABOUT);
    for (const failure of ['connect', 'RESPONSE_SCHEMA', 'canary@example.com', 'card 4111'])
      call.attempt({ failure, durationMs: 1, waitedMs: 0 });
    call.end(END);
    const metric = await registry.getSingleMetricAsString('integration_attempts_total');
    expect([...metric.matchAll(/outcome="([^"]+)"\} (\d)/g)].map(([, word, count]) => [word, count])).toEqual([
      ['connect', '1'],
      ['RESPONSE_SCHEMA', '1'],
      ['other', '2'],
    ]);
    expect(text()).not.toMatch(/canary|4111/);
  });
});

describe('the metrics', () => {
  it('tell outcomes, cache, breaker, limit, tokens, waits, and how old secrets are now', async () => {
    let at = 1_000 * 86_400_000;
    const { observer, registry } = open({ now: () => at });
    observer.call('acme', 'get', 'r', ABOUT).end({ ...END, cached: true, stale: true });
    observer.call('acme', 'get', 'r', ABOUT).end({ ...END, code: 'API_TIMEOUT' });
    observer.breakerIs('acme', 'open');
    observer.concurrencyIs('acme', 20);
    observer.tokenRefreshed('acme', 'shared');
    observer.limiterWaited('acme', 500);
    observer.secretInUse('acme', 'acme/client', at - 2 * 86_400_000);
    observer.secretInUse('acme', 'acme/other', undefined);
    at += 86_400_000;
    const text = await registry.metrics();
    for (const series of [
      'integration_call_duration_seconds_count{provider="acme",operation="get",outcome="API_TIMEOUT"} 1',
      'integration_cache_results_total{provider="acme",operation="get",result="stale"} 1',
      'integration_breaker_state{provider="acme"} 2',
      'integration_concurrency_limit{provider="acme"} 20',
      'integration_token_refreshes_total{provider="acme",outcome="shared"} 1',
      'integration_limiter_wait_seconds_sum{provider="acme"} 0.5',
      'secret_age_days{provider="acme",secret="acme/client"} 3',
    ]) {
      expect(text).toContain(`${series}\n`);
    }
    expect(text).not.toContain('acme/other');
  });
});

describe('the correlation id', () => {
  it('is the given one when it can stand in a header, else a new one', () => {
    expect(correlationIdOf('order-1.a:b_C')).toBe('order-1.a:b_C');
    for (const bad of [undefined, '', 'a b', 'a\r\nx: 1', 'x'.repeat(129)]) expect(correlationIdOf(bad)).toMatch(/^req_[0-9a-z]{26}$/);
  });

  it('goes out with a trace parent that is one', () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    expect(correlationHeaders('req_1', traceparent)).toEqual({ 'x-correlation-id': 'req_1', traceparent });
    for (const bad of ['', `${traceparent}\r\nx: 1`, traceparent.replace(/4bf.*-0/, '0'.repeat(32))]) {
      expect(correlationHeaders('req_1', bad)).toEqual({ 'x-correlation-id': 'req_1' });
    }
  });
});
