// What attempts say about their endpoint. Five failures in a row open its circuit: nothing goes to it for 30 seconds, then one probe, and each probe
// that fails doubles the time, up to 15 minutes. After five days without a success it is disabled.
import type { Circuit, DisabledReason, EndpointStatus } from '../endpoint.entity.ts';
import type { AttemptResult } from './attempt-delivery.ts';

const OPENS_AFTER = 5;
const OPEN_FIRST_MS = 30_000;
const OPEN_MAX_MS = 15 * 60_000;
const DAY_MS = 24 * 3_600_000;
export const DISABLED_AFTER_MS = 5 * DAY_MS;

export type EndpointHealth = {
  readonly status: EndpointStatus;
  readonly disabledReason: DisabledReason | null;
  readonly disabledAt: Date | null;
  readonly gateUntil: Date | null;
  readonly circuit: Circuit;
  readonly circuitFailures: number;
  readonly failingSince: Date | null;
  readonly lastSucceededAt: Date | null;
  readonly lastFailedAt: Date | null;
  /** When a delivery ran out of attempts and none has succeeded since. */
  readonly exhaustedAt: Date | null;
};

type Outcome = Pick<AttemptResult, 'verdict' | 'endedAt'>;

/** The endpoint's health after one more attempt. */
export function nextHealth(health: EndpointHealth, { verdict, endedAt }: Outcome): EndpointHealth {
  switch (verdict.kind) {
    case 'succeeded':
      return succeeded(health, endedAt);
    case 'retry':
      return failed(health, endedAt);
    case 'dead':
      return failed({ ...health, exhaustedAt: health.exhaustedAt ?? endedAt }, endedAt);
    case 'gone':
      return disabled({ ...health, lastFailedAt: endedAt }, 'gone', endedAt);
    case 'throttled':
      // The receiver answers and says when it will have time: that is no failure.
      return { ...health, gateUntil: latest(health.gateUntil, new Date(verdict.untilMs)) };
    case 'given-up':
    case 'orphaned':
    case 'postponed':
      return health;
  }
}

function succeeded(health: EndpointHealth, at: Date): EndpointHealth {
  const { circuit, gateUntil } = health;
  // A gate that Retry-After set stands, whatever was under way beside it.
  const gate = circuit === 'closed' ? gateUntil : null;
  return { ...health, circuit: 'closed', circuitFailures: 0, gateUntil: gate, failingSince: null, exhaustedAt: null, lastSucceededAt: at };
}

function failed(health: EndpointHealth, at: Date): EndpointHealth {
  const { circuit, circuitFailures, gateUntil, failingSince } = health;
  const since = failingSince ?? at;
  const after: EndpointHealth = { ...health, failingSince: since, lastFailedAt: at };
  if (at.getTime() - since.getTime() >= DISABLED_AFTER_MS) return disabled(after, 'failing', at);
  // What was under way when the circuit opened says nothing new.
  if (circuit === 'open') return after;
  const failures = circuitFailures + 1;
  if (failures < OPENS_AFTER) return { ...after, circuitFailures: failures };
  const openMs = Math.min(OPEN_FIRST_MS * 2 ** (failures - OPENS_AFTER), OPEN_MAX_MS);
  return { ...after, circuit: 'open', circuitFailures: failures, gateUntil: latest(gateUntil, new Date(at.getTime() + openMs)) };
}

function disabled(health: EndpointHealth, reason: DisabledReason, at: Date): EndpointHealth {
  if (health.status === 'disabled') return health;
  return { ...health, status: 'disabled', disabledReason: reason, disabledAt: at };
}

function latest(one: Date | null, other: Date): Date {
  return one !== null && one > other ? one : other;
}
