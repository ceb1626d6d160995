// The publisher of one outbox in a process of its own, for tests that kill it: what a subgraph that has events runs.
import { openEventBus } from '@portico/service-kit/bus/open-event-bus';
import { startOutboxPublisher } from '@portico/service-kit/outbox/publish-outbox';
import { silentLogger } from '@portico/service-kit/testing';
import { createDoom } from './death-points.ts';
import { report, takeOrders } from './take-orders.ts';

export type PublisherPlan = { readonly databaseUrl: string; readonly natsUrl?: string | undefined; readonly schema: string };

using doom = createDoom();
const { databaseUrl, natsUrl, schema } = await takeOrders<PublisherPlan>(doom);
await using bus = await openEventBus({ databaseUrl, natsUrl, logger: silentLogger });
await using _ = startOutboxPublisher({ schema, databaseUrl, bus: doom.bus(bus), logger: silentLogger });
report({ kind: 'running' });
await new Promise(() => {});
