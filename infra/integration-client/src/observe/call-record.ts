/** How one try ended. A closed list: it labels a metric. */
export type AttemptOutcome =
  | 'ok'
  | 'status'
  | 'timeout'
  | 'dns'
  | 'connect'
  | 'tls'
  | 'reset'
  | 'protocol'
  | 'too-large'
  | 'schema'
  | 'aborted';

export type AttemptRecord = {
  readonly outcome: AttemptOutcome;
  readonly status?: number;
  readonly durationMs: number;
  /** Before it: backoff, `Retry-After`, the limiter. */
  readonly waitMs?: number;
  /** A second request of the same try, sent because the first was slow. */
  readonly hedge?: boolean;
};

export type BreakerState = 'closed' | 'half-open' | 'open';

/** What was sent and came back, before anything is chosen from it. None of it is logged as it is. */
export type CallContents = {
  readonly query?: Readonly<Record<string, unknown>>;
  readonly requestHeaders?: Readonly<Record<string, string>>;
  readonly responseHeaders?: Readonly<Record<string, string>>;
  /** Already redacted (`redact`). Logged in DEBUG_MODE only. */
  readonly requestBody?: unknown;
  readonly responseBody?: unknown;
};

export type CallEnd = {
  /** Of the IntegrationError; undefined when the call succeeded. */
  readonly code?: string;
  readonly status?: number;
  readonly cached?: boolean;
  readonly stale?: boolean;
  readonly ageMs?: number;
  readonly responseTimeMs: number;
  readonly breaker?: BreakerState;
  /** A detail of ours, such as RESPONSE_SCHEMA and the described issues. Never text of the provider. */
  readonly reason?: unknown;
  readonly contents?: CallContents;
};

export type CallRecord = {
  readonly provider: string;
  readonly operation: string;
  readonly correlationId: string;
  readonly method?: string;
  /** The path as declared: `/payments/{id}`, never the path that was asked. */
  readonly template?: string;
  readonly attempts: readonly AttemptRecord[];
  readonly end: CallEnd;
};
