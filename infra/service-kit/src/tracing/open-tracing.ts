// Where spans go. With OTEL_EXPORTER_OTLP_ENDPOINT the program sends them to a collector itself; without it, they are left to an SDK that
// whoever runs the program may have put there (`node --import`), and are nothing where there is none.
import { trace } from '@opentelemetry/api';
import { z } from 'zod';
import { createTracing, NO_TRACING, type Tracing } from './tracing.ts';

/** By OpenTelemetry's names. */
export const tracingConfig = {
  /** `http://collector:4318`; spans go to `/v1/traces` under it. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  /** By default `portico-` and the program's name. */
  OTEL_SERVICE_NAME: z.string().optional(),
  /** Share of the traces that begin here to keep, 0 to 1. Of a trace that begins elsewhere, its `traceparent` says whether it is kept. */
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(1),
};
export type TracingConfig = z.output<z.ZodObject<typeof tracingConfig>>;

/** Disposing sends what is left. */
export type OpenTracing = Tracing & AsyncDisposable & { flush(): Promise<void> };

const NAME = 'portico';
const SEND_AFTER_MS = 1_000;
const SEND_TIMEOUT_MS = 5_000;
/** Two seconds of 1,000 requests with four spans each; what is more is dropped while the collector is slow. */
const QUEUE_MAX = 8_192;

export async function openTracing(config: TracingConfig, program: string): Promise<OpenTracing> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SERVICE_NAME: name = `${NAME}-${program}` } = config;
  if (endpoint === undefined) {
    const nothing = (): Promise<void> => Promise.resolve();
    // An SDK is there before the program or not at all. Asked again for every span, that costs up to 1.5 µs each.
    const given = createTracing(trace.getTracer(NAME));
    const isTraced = given.begin('probe', 'internal', undefined) !== undefined;
    return { ...(isTraced ? given : NO_TRACING), flush: nothing, [Symbol.asyncDispose]: nothing };
  }
  // Loaded only here: 40 ms, and memory that nobody needs otherwise.
  const [{ OTLPTraceExporter }, { resourceFromAttributes }, sdk] = await Promise.all([
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/sdk-trace'),
  ]);
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces`, timeoutMillis: SEND_TIMEOUT_MS });
  const provider = new sdk.TracerProvider({
    resource: resourceFromAttributes({ 'service.name': name }),
    sampler: new sdk.ParentBasedSampler({ root: new sdk.TraceIdRatioBasedSampler(config.OTEL_TRACES_SAMPLER_ARG) }),
    spanProcessors: [new sdk.BatchSpanProcessor({ exporter, scheduledDelayMillis: SEND_AFTER_MS, maxQueueSize: QUEUE_MAX })],
  });
  return {
    ...createTracing(provider.getTracer(NAME)),
    flush: () => provider.forceFlush(),
    // A collector that is away must not keep the program from ending.
    [Symbol.asyncDispose]: () => provider.shutdown().catch(() => {}),
  };
}
