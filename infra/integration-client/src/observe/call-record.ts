/** One try. */
export type ObservedAttempt = {
  /** Of the answer, if there was one. */
  readonly status?: number;
  /** Why it failed, in a word of the client's own; undefined when it did not. */
  readonly failure?: string;
  readonly durationMs: number;
  /** Before it: backoff, `Retry-After`, the limiter. */
  readonly waitedMs: number;
};

export type BreakerState = 'closed' | 'half-open' | 'open';

/** What was sent and came back, in DEBUG_MODE alone. */
export type CallContents = {
  /** As they came: what may be logged is chosen from them. */
  readonly responseHeaders?: Readonly<Record<string, string>>;
  /** Already redacted (`redact`). */
  readonly requestBody?: unknown;
  readonly responseBody?: unknown;
};

export type ObservedEnd = {
  /** Of the IntegrationError; undefined when the call succeeded. */
  readonly code?: string;
  readonly status: number;
  /** How often the provider was asked. */
  readonly attempts: number;
  readonly cached: boolean;
  readonly stale: boolean;
  readonly ageMs: number;
  readonly responseTimeMs: number;
  /** A detail of ours, such as RESPONSE_SCHEMA and the described issues. Never text of the provider. */
  readonly reason?: unknown;
  readonly contents?: CallContents;
};

export type CallRecord = {
  readonly provider: string;
  readonly operation: string;
  readonly correlationId: string;
  readonly method: string;
  /** The path as declared: `/payments/{id}`, never the path that was asked. */
  readonly template: string;
  readonly attempts: readonly ObservedAttempt[];
  readonly end: ObservedEnd;
};
