// Spans, by OpenTelemetry's interface. A span's parent is given as the `traceparent` that travels with the caller, never looked up in an
// ambient context: what crosses a process does so in the same way, and a request pays for no asynchronous context. Without an SDK there are
// no spans: `begin` answers undefined, and what came with the request is passed on as it came.
import {
  type Attributes,
  isSpanContextValid,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { spanContextOf, traceparentOf } from './trace-context.ts';

export type Span = {
  /** Parent of what happens within it. */
  readonly traceparent: string;
  /** Whether what is said of it is kept. */
  readonly isRecording: boolean;
  rename(name: string): void;
  set(attributes: Attributes): void;
  /** Once. `errorType`: the code of what failed, of our catalogue or a status; never a message, which may quote somebody. */
  end(errorType?: string): void;
};

export type Tracing = {
  /** Undefined where nobody traces. Names and attributes have few values: no ids, no paths as they were sent, no personal data. */
  begin(name: string, kind: keyof typeof KINDS, parent: string | undefined): Span | undefined;
};

const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL };

export const NO_TRACING: Tracing = { begin: () => undefined };

export function createTracing(tracer: Tracer): Tracing {
  return {
    begin(name, kind, parent) {
      const parentContext = parent === undefined ? undefined : spanContextOf(parent);
      const context = parentContext === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parentContext);
      const span = tracer.startSpan(name, { kind: KINDS[kind] }, context);
      const own = span.spanContext();
      return isMade(own, parentContext) ? wrap(span, own) : undefined;
    },
  };
}

/** Without an SDK a span is its parent, or none. */
function isMade(own: SpanContext, parent: SpanContext | undefined): boolean {
  return own.spanId !== parent?.spanId && isSpanContextValid(own);
}

function wrap(span: ReturnType<Tracer['startSpan']>, own: SpanContext): Span {
  return {
    traceparent: traceparentOf(own),
    isRecording: span.isRecording(),
    rename: (name) => void span.updateName(name),
    set: (attributes) => void span.setAttributes(attributes),
    end(errorType) {
      if (errorType !== undefined) span.setAttribute('error.type', errorType).setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
  };
}
