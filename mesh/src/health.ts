// Whether the platform can work, and which of its dependencies it works with.
import { type Answer, jsonAnswer } from './rest/answer/answer.ts';
import type { Endpoint } from './rest/rest-request.ts';

export type Check = { readonly status: 'up' | 'down' | 'fallback'; readonly detail?: string };
/** `required`: without it no request can be answered. */
export type HealthChecks = Readonly<Record<string, { required: boolean; check(): Promise<Check> }>>;

type Report = { readonly ready: boolean; readonly body: string };

const KEPT_MS = 1_000;
const RETRY_AFTER_SECONDS = '1';

export type Health = {
  /** `GET /api/health`: readiness with every dependency. */
  readonly all: Endpoint;
  readonly live: Endpoint;
  readonly ready: Endpoint;
  report(): Promise<Report>;
};

export function createHealth(checks: HealthChecks, nowMs: () => number): Health {
  let kept: { at: number; report: Promise<Report> } | undefined;
  // Health is asked by many, and by some very often; the dependencies are asked once a second.
  function report(): Promise<Report> {
    const now = nowMs();
    if (kept === undefined || now - kept.at > KEPT_MS) kept = { at: now, report: runChecks(checks) };
    return kept.report;
  }
  const endpoint = (operationId: string, serve: () => Promise<Answer>): Endpoint => ({
    operationId,
    access: 'public',
    idempotent: false,
    takesBody: false,
    serve,
  });
  const answer = async (): Promise<Answer> => {
    const { ready, body } = await report();
    return jsonAnswer(ready ? 200 : 503, body, { 'cache-control': 'no-store', ...(ready ? {} : { 'retry-after': RETRY_AFTER_SECONDS }) });
  };
  return {
    all: endpoint('getHealth', answer),
    ready: endpoint('getReadiness', answer),
    live: endpoint('getLiveness', async () => jsonAnswer(200, '{"status":"up"}', { 'cache-control': 'no-store' })),
    report,
  };
}

async function runChecks(checks: HealthChecks): Promise<Report> {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, { required, check }]) => {
      const started = performance.now();
      const result = await check().catch((): Check => ({ status: 'down' }));
      return [name, { ...result, required, durationMs: Math.round(performance.now() - started) }] as const;
    }),
  );
  const ready = results.every(([, { status, required }]) => status !== 'down' || !required);
  const status = !ready ? 'down' : results.some(([, result]) => result.status === 'down') ? 'degraded' : 'up';
  return { ready, body: JSON.stringify({ status, live: true, ready, dependencies: Object.fromEntries(results) }) };
}
