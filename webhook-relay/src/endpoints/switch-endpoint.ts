// The four ways to switch an endpoint by hand. Whatever its state, events are queued for it; only the state `active` sends.
import { AppError, invalid } from '@portico/contracts/errors';
import type { Row } from '@portico/service-kit/reads/reads';
import type { SubgraphContext } from '@portico/service-kit/subgraph/context';
import type { Endpoint } from '../endpoint.entity.ts';
import { endpointRow, findEndpoint } from './endpoint-row.ts';

/** Deliveries per second at most, while what was held is drained. */
export const DRAIN_PER_SECOND_MAX = 1_000;

type Switch = { id: string; expectedVersion?: number | null | undefined };
type PacedSwitch = Switch & { drainPerSecond?: number | null | undefined };

/** Holds deliveries back. INVALID_STATE for an endpoint that is disabled. */
export function pauseEndpoint(context: SubgraphContext, change: Switch): Promise<Row> {
  return switched(context, change, (endpoint) => {
    refuseDisabled(endpoint);
    return { status: 'paused', drainPerSecond: null };
  });
}

/** Sends what was held, in order, at most so many per second. INVALID_STATE for an endpoint that is disabled. */
export function resumeEndpoint(context: SubgraphContext, { drainPerSecond = null, ...change }: PacedSwitch): Promise<Row> {
  requirePace(drainPerSecond);
  return switched(context, change, (endpoint) => {
    refuseDisabled(endpoint);
    return { status: 'active', drainPerSecond };
  });
}

/**
 * Switches a disabled endpoint on, with its health as new; what was held is sent as after a pause. INVALID_STATE for one that was never verified.
 */
export function enableEndpoint(context: SubgraphContext, { drainPerSecond = null, ...change }: PacedSwitch): Promise<Row> {
  requirePace(drainPerSecond);
  return switched(context, change, (endpoint) => {
    if (endpoint.disabledReason === 'unverified')
      throw new AppError('INVALID_STATE', 'The webhook has never answered. A test that it answers activates it.', {
        details: { status: endpoint.status, disabledReason: endpoint.disabledReason },
      });
    if (endpoint.status !== 'disabled') return {};
    const health = { circuit: 'closed', circuitFailures: 0, gateUntil: null, failingSince: null, exhaustedAt: null } as const;
    return { status: 'active', disabledReason: null, disabledAt: null, drainPerSecond, ...health };
  });
}

/** Switches it off until it is enabled again. One that was never verified stays that. */
export function disableEndpoint(context: SubgraphContext, change: Switch): Promise<Row> {
  return switched(context, change, ({ status }) =>
    status === 'disabled' ? {} : { status: 'disabled', disabledReason: 'switched_off', disabledAt: context.now() },
  );
}

function switched(
  context: SubgraphContext,
  { id, expectedVersion }: Switch,
  decide: (endpoint: Endpoint) => Partial<Endpoint>,
): Promise<Row> {
  return context.write(async (em) => {
    const endpoint = await findEndpoint(em, id, expectedVersion);
    const change = decide(endpoint);
    if (Object.keys(change).length > 0) {
      em.assign(endpoint, { ...change, updatedAt: context.now() });
      await em.flush();
    }
    return endpointRow(endpoint);
  });
}

function requirePace(drainPerSecond: number | null): void {
  if (drainPerSecond === null || (drainPerSecond >= 1 && drainPerSecond <= DRAIN_PER_SECOND_MAX)) return;
  throw invalid({ drainPerSecond: `It must be from 1 to ${DRAIN_PER_SECOND_MAX}.` });
}

function refuseDisabled({ status, disabledReason }: Endpoint): void {
  if (status !== 'disabled') return;
  throw new AppError('INVALID_STATE', 'The webhook is disabled.', { details: { status, disabledReason, allowed: ['active', 'paused'] } });
}
