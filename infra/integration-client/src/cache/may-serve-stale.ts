/** The provider is away, slow, or not to be asked now. What it said to this very request (4xx) is an answer, and is never hidden. */
const HIDDEN: ReadonlySet<unknown> = new Set(['API_TIMEOUT', 'RATE_LIMIT_EXCEEDED', 'CIRCUIT_BREAKER_OPEN', 'SERVER_ERROR']);

/** Whether a stale answer may stand in for this failure. */
export function mayServeStale(error: unknown): boolean {
  return error instanceof Error && 'code' in error && HIDDEN.has(error.code);
}
