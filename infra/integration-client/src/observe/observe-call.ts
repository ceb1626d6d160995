import type { Logger } from '@portico/service-kit/logger';

export type ObservedAttempt = { status?: number; failure?: string; durationMs: number; waitedMs: number };
export type ObservedEnd = {
  status: number;
  code?: string;
  attempts: number;
  cached: boolean;
  stale: boolean;
  ageMs: number;
  responseTimeMs: number;
};
export type CallObserver = { attempt(attempt: ObservedAttempt): void; end(end: ObservedEnd): void };
export type Observer = { call(provider: string, operation: string, correlationId: string): CallObserver };

export function createObserver(_deps: { logger: Logger }): Observer {
  return { call: () => ({ attempt() {}, end() {} }) };
}
