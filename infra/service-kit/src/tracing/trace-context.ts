import type { SpanContext } from '@opentelemetry/api';

/** W3C Trace Context, version 00. All-zero ids are not valid. */
const TRACEPARENT = /^00-((?!0{32})[0-9a-f]{32})-((?!0{16})[0-9a-f]{16})-([0-9a-f]{2})$/;
const SAMPLED = 1;

/** A header's text if it is a traceparent; anything else is nobody's, and must not travel on. */
export function readTraceparent(text: unknown): string | undefined {
  return typeof text === 'string' && TRACEPARENT.test(text) ? text : undefined;
}

export function spanContextOf(traceparent: string): SpanContext | undefined {
  const [, traceId, spanId, flags = ''] = TRACEPARENT.exec(traceparent) ?? [];
  if (traceId === undefined || spanId === undefined) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & SAMPLED, isRemote: true };
}

export function traceparentOf({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-0${traceFlags & SAMPLED}`;
}
