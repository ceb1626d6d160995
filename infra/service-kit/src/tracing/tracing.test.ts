import { trace } from '@opentelemetry/api';
import { AlwaysOnSampler, InMemorySpanExporter, ParentBasedSampler, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { beforeEach, describe, expect, it } from 'vitest';
import { readTraceparent } from './trace-context.ts';
import { createTracing, type Tracing } from './tracing.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';

describe('with an SDK', () => {
  let exporter: InMemorySpanExporter;
  let tracing: Tracing;
  beforeEach(() => {
    exporter = new InMemorySpanExporter();
    const sampler = new ParentBasedSampler({ root: new AlwaysOnSampler() });
    tracing = createTracing(new TracerProvider({ sampler, spanProcessors: [new SimpleSpanProcessor({ exporter })] }).getTracer('test'));
  });

  it('a span is a child of the traceparent that it is given, and a parent by its own', () => {
    const outer = tracing.begin('GET', 'server', `00-${TRACE}-${PARENT}-01`);
    const inner = tracing.begin('query x', 'internal', outer?.traceparent);
    inner?.end();
    outer?.rename('GET /api/v1/orders');
    outer?.set({ 'http.route': '/api/v1/orders' });
    outer?.end('503');
    const [first, second] = exporter.getFinishedSpans();
    expect(first?.parentSpanContext?.spanId).toBe(second?.spanContext().spanId);
    expect(second?.parentSpanContext?.spanId).toBe(PARENT);
    expect([first, second].map((span) => span?.spanContext().traceId)).toEqual([TRACE, TRACE]);
    expect(second).toMatchObject({
      name: 'GET /api/v1/orders',
      attributes: { 'http.route': '/api/v1/orders', 'error.type': '503' },
      status: { code: 2 },
    });
    expect(readTraceparent(inner?.traceparent)).toBe(inner?.traceparent);
  });

  it('what is below a trace that is not kept is not kept either, and says so to those it asks', () => {
    const outer = tracing.begin('GET', 'server', `00-${TRACE}-${PARENT}-00`);
    expect([outer?.isRecording, outer?.traceparent.slice(-3)]).toEqual([false, '-00']);
    tracing.begin('query x', 'internal', outer?.traceparent)?.end();
    outer?.end();
    expect(exporter.getFinishedSpans()).toEqual([]);
  });

  it('a trace begins where no traceparent came', () => {
    const span = tracing.begin('GET', 'server', undefined);
    span?.end();
    expect(exporter.getFinishedSpans()[0]?.parentSpanContext).toBeUndefined();
    expect(readTraceparent(span?.traceparent)).toMatch(/-01$/);
  });
});

describe('without an SDK', () => {
  it('there are no spans, so that what came with a request is passed on as it came', () => {
    const tracing = createTracing(trace.getTracer('test'));
    for (const parent of [undefined, `00-${TRACE}-${PARENT}-01`]) expect(tracing.begin('GET', 'server', parent)).toBeUndefined();
  });
});

it.each([
  ['an unknown version', `01-${TRACE}-${PARENT}-01`],
  ['a trace of zeros', `00-${'0'.repeat(32)}-${PARENT}-01`],
  ['a parent of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
  ['capitals', `00-${TRACE.toUpperCase()}-${PARENT}-01`],
  ['more than it may have', `00-${TRACE}-${PARENT}-01-x`],
  ['somebody’s name', 'Cassandra'],
  ['a list', [`00-${TRACE}-${PARENT}-01`]],
  ['nothing', undefined],
])('a traceparent with %s is none', (_, text) => {
  expect(readTraceparent(text)).toBeUndefined();
});
