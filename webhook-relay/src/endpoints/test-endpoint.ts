import type { SubgraphContext } from '@portico/service-kit/subgraph/context';
import type { Endpoint } from '../endpoint.entity.ts';
import type { RelayGraph } from '../relay-graph.ts';
import { endpointRow, findEndpoint, type OpenedEndpoint, openEndpoint } from './endpoint-row.ts';
import { sendTest, type TestReport } from './send-test.ts';

export type TestedEndpoint = TestReport & { readonly endpoint: ReturnType<typeof endpointRow> };

/** Sends a webhook.test now and reports it whole. A 2xx activates an endpoint that was never verified. */
export async function testEndpoint(context: SubgraphContext, relay: RelayGraph, id: string): Promise<TestedEndpoint> {
  const opened = await context.write(async (em) => openEndpoint(context.keyRing, await findEndpoint(em, id), context.now()));
  const report = await sendTest(relay.sender, opened, context.now(), relay.signal);
  return { ...report, endpoint: await keepVerdict(context, opened, report) };
}

/** Remembers how a verification went. What was changed meanwhile has not been verified. */
export function keepVerdict(context: SubgraphContext, tested: OpenedEndpoint, { delivered, error }: TestReport) {
  return context.write(async (em) => {
    const endpoint = await findEndpoint(em, tested.id);
    const unverified = endpoint.status === 'disabled' && endpoint.disabledReason === 'unverified';
    if (endpoint.url === tested.url && (delivered || unverified)) {
      const now = context.now();
      em.assign(endpoint, delivered ? { ...verified(now), updatedAt: now } : { verificationFailure: error, updatedAt: now });
      if (delivered && unverified) em.assign(endpoint, { status: 'active', disabledReason: null });
      await em.flush();
    }
    return endpointRow(endpoint);
  });
}

export function verified(now: Date): Pick<Endpoint, 'verifiedAt' | 'verificationFailure'> {
  return { verifiedAt: now, verificationFailure: null };
}
