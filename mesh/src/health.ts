// Whether the platform can work, and which of its dependencies it works with.
import { z } from 'zod';
import { type Answer, jsonAnswer } from './rest/answer/answer.ts';
import type { PlatformOperation } from './rest/declare/platform-operation.ts';
import type { Endpoint } from './rest/rest-request.ts';

/** `fallback`: it does less than it should, and what can be answered is. */
const STATUSES = ['up', 'down', 'fallback'] as const;
export type Check = { readonly status: (typeof STATUSES)[number]; readonly detail?: string };
/** `required`: without it no request can be answered. */
export type HealthChecks = Readonly<Record<string, { required: boolean; check(): Promise<Check> }>>;

const dependency = z.object({
  status: z.enum(STATUSES),
  detail: z.string().optional(),
  required: z.boolean().describe('Whether no request can be answered without it.'),
  durationMs: z.int(),
});
const health = z.object({
  status: z.enum(['up', 'degraded', 'down']),
  live: z.boolean(),
  ready: z.boolean(),
  dependencies: z.record(z.string(), dependency),
});
const EXAMPLE: z.output<typeof health> = {
  status: 'up',
  live: true,
  ready: true,
  dependencies: { postgres: { status: 'up', required: true, durationMs: 1 } },
};

const get = { method: 'GET', tag: 'Health' } as const;
const dependencies = { schema: health, example: EXAMPLE, description: 'It can work.' };
export const HEALTH_OPERATIONS = {
  all: {
    ...get,
    path: '/api/health',
    operationId: 'getHealth',
    summary: 'See whether the platform can work, and with what',
    answer: dependencies,
    tellsWhenDown: true,
  },
  ready: {
    ...get,
    path: '/api/health/ready',
    operationId: 'getReadiness',
    summary: 'See whether requests can be answered',
    answer: dependencies,
    tellsWhenDown: true,
  },
  live: {
    ...get,
    path: '/api/health/live',
    operationId: 'getLiveness',
    summary: 'See whether the gateway runs',
    answer: { schema: z.object({ status: z.literal('up') }), example: { status: 'up' }, description: 'It runs.' },
  },
} as const satisfies Record<string, PlatformOperation>;

type Report = { readonly ready: boolean; readonly body: string };

const LEAVING: Report = { ready: false, body: '{"status":"down","live":true,"ready":false,"dependencies":{}}' };
const KEPT_MS = 1_000;
const RETRY_AFTER_SECONDS = '1';

export type Health = {
  /** `GET /api/health`: readiness with every dependency. */
  readonly all: Endpoint;
  readonly live: Endpoint;
  readonly ready: Endpoint;
  report(): Promise<Report>;
  /** From now on it is not ready, whatever it could do. */
  leave(): void;
};

export function createHealth(checks: HealthChecks, nowMs: () => number): Health {
  let isLeaving = false;
  let kept: { at: number; report: Promise<Report> } | undefined;
  // Health is asked by many, and by some very often; the dependencies are asked once a second.
  function report(): Promise<Report> {
    if (isLeaving) return Promise.resolve(LEAVING);
    const now = nowMs();
    if (kept === undefined || now - kept.at > KEPT_MS) kept = { at: now, report: runChecks(checks) };
    return kept.report;
  }
  const endpoint = ({ operationId }: PlatformOperation, serve: () => Promise<Answer>): Endpoint => ({
    operationId,
    access: 'public',
    serve,
  });
  const answer = async (): Promise<Answer> => {
    const { ready, body } = await report();
    return jsonAnswer(ready ? 200 : 503, body, { 'cache-control': 'no-store', ...(ready ? {} : { 'retry-after': RETRY_AFTER_SECONDS }) });
  };
  return {
    all: endpoint(HEALTH_OPERATIONS.all, answer),
    ready: endpoint(HEALTH_OPERATIONS.ready, answer),
    live: endpoint(HEALTH_OPERATIONS.live, async () => jsonAnswer(200, '{"status":"up"}', { 'cache-control': 'no-store' })),
    report,
    leave() {
      isLeaving = true;
    },
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
  const status = !ready ? 'down' : results.some(([, result]) => result.status !== 'up') ? 'degraded' : 'up';
  const found: z.output<typeof health> = { status, live: true, ready, dependencies: Object.fromEntries(results) };
  return { ready, body: JSON.stringify(found) };
}
