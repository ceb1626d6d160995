import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openTracing, tracingConfig } from './open-tracing.ts';

const config = z.object(tracingConfig);

describe('a program', () => {
  it('without a collector and an SDK has no spans', async () => {
    await using tracing = await openTracing(config.parse({}), 'test');
    expect(tracing.begin('GET', 'server', undefined)).toBeUndefined();
  });

  it('keeps the share of its own traces that it is told to, and ends though the collector is away', async () => {
    const given = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', OTEL_TRACES_SAMPLER_ARG: '0' };
    await using none = await openTracing(config.parse(given), 'test');
    expect(none.begin('GET', 'server', undefined)?.isRecording).toBe(false);
    await using all = await openTracing(config.parse({ ...given, OTEL_TRACES_SAMPLER_ARG: '1' }), 'test');
    const span = all.begin('GET', 'server', undefined);
    expect(span?.isRecording).toBe(true);
    span?.end();
  });

  it.each([{ OTEL_TRACES_SAMPLER_ARG: '2' }, { OTEL_EXPORTER_OTLP_ENDPOINT: 'grpc://collector:4317' }])('refuses %j', (given) => {
    expect(config.safeParse(given).success).toBe(false);
  });
});
