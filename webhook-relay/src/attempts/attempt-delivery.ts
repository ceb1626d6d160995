// One attempt: render, sign, send, judge. Nothing here touches the database, so an attempt costs its receiver's time and no connection.
import type { EventToShow } from '@portico/contracts/events/event-body';
import { newId } from '@portico/contracts/ids';
import type { Tracing } from '@portico/service-kit/tracing/tracing';
import type { ClaimedDelivery } from '../claiming/claimed-delivery.ts';
import type { EndpointConfig } from '../claiming/endpoint-configs.ts';
import { judge, type Verdict } from '../delivery/retry-schedule.ts';
import type { Sender } from '../sending/send.ts';
import { sign } from '../signing/sign.ts';
import { type RecordedExchange, recordExchange } from './attempt-record.ts';

export type AttemptResult = {
  readonly delivery: ClaimedDelivery;
  readonly verdict: Verdict | Unmade;
  readonly endedAt: Date;
  /** Missing where nothing was sent. */
  readonly attempt?: RecordedExchange & { readonly id: string; readonly number: number; readonly url: string; readonly startedAt: Date };
};

/** Characters of the bodies that the log keeps of it. */
export function loggedSize({ attempt }: AttemptResult): number {
  return attempt === undefined ? 0 : attempt.requestBody.length + (attempt.responseBody?.length ?? 0);
}

/**
 * Nothing was sent, or not to its end, and no attempt is spent. `given-up`: this process ends. `orphaned`: its endpoint is no more. `postponed`:
 * this process cannot make it; another, or this one of a later release, may.
 */
export type Unmade =
  | { readonly kind: 'given-up' }
  | { readonly kind: 'orphaned' }
  | { readonly kind: 'postponed'; readonly untilMs: number };

export type AttemptDependencies = {
  readonly sender: Sender;
  readonly render: (event: EventToShow, apiVersion: EndpointConfig['apiVersion']) => Buffer;
  readonly now: () => Date;
  readonly random: () => number;
  readonly timeoutMs: number;
  readonly tracing: Tracing;
};

/**
 * Never rejects for what the receiver does. `signal`: give up, the program ends. One span of the trace in which the event happened; the receiver is
 * not told of it.
 */
export async function attemptDelivery(
  dependencies: AttemptDependencies,
  delivery: ClaimedDelivery,
  endpoint: EndpointConfig,
  signal: AbortSignal,
): Promise<AttemptResult> {
  const span = dependencies.tracing.begin('webhook attempt', 'client', delivery.traceparent ?? undefined);
  const result = await attempt(dependencies, delivery, endpoint, signal);
  const { verdict, attempt: made } = result;
  if (span?.isRecording) {
    span.set({
      'http.request.method': 'POST',
      'http.request.resend_count': delivery.attempts,
      'portico.event': delivery.eventType,
      'portico.outcome': verdict.kind,
      ...(made?.responseStatus == null ? {} : { 'http.response.status_code': made.responseStatus }),
    });
  }
  span?.end(verdict.kind === 'succeeded' ? undefined : (made?.errorCode ?? made?.responseStatus?.toString() ?? verdict.kind));
  return result;
}

async function attempt(
  { sender, render, now, random, timeoutMs }: AttemptDependencies,
  delivery: ClaimedDelivery,
  endpoint: EndpointConfig,
  signal: AbortSignal,
): Promise<AttemptResult> {
  const startedAt = now();
  const { eventId, eventType, payload, occurredAt } = delivery;
  // On the schedule: those that a receiver put off do not count, and a replay begins anew. The log's number counts all.
  const number = delivery.attempts + 1;
  const body = render({ id: eventId, type: eventType, occurredAt: occurredAt.toISOString(), payload }, endpoint.apiVersion);
  const signed = sign({
    eventId,
    eventType,
    attempt: number,
    timestampSeconds: Math.floor(startedAt.getTime() / 1_000),
    body,
    keys: endpoint.keys,
    previousKeys: endpoint.previousKeysAt(startedAt),
  });
  const headers = { ...endpoint.headers, ...signed };
  const outcome = await sender.send({ url: endpoint.url, headers, body, timeoutMs, signal });
  const endedAt = now();
  if (outcome.kind === 'failed' && outcome.error.code === 'aborted') return { delivery, verdict: { kind: 'given-up' }, endedAt };
  const verdict = judge(outcome, { attempt: number, schedule: endpoint.schedule, now: endedAt.getTime(), random });
  const logged = { id: newId('attempt'), number: delivery.attemptsTotal + 1, url: endpoint.url, startedAt };
  return { delivery, verdict, endedAt, attempt: { ...recordExchange(endpoint.headers, signed, body, outcome), ...logged } };
}
