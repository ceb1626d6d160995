import { readFile } from 'node:fs/promises';
import type { TellOwners } from '@portico/contracts/webhook-notice';
import { start as startCustomers } from '@portico/customers/server';
import { start as startInventory } from '@portico/inventory/server';
import { createGraphClient, type Graph, openGraph } from '@portico/mesh/graph/open-graph';
import { supergraphFile } from '@portico/mesh/graph/subgraph-schemas';
import { start as startOrders } from '@portico/orders/server';
import { type PaymentsSettings, start as startPayments } from '@portico/payments/server';
import { start as startProducts } from '@portico/products/server';
import type { EventBus } from '@portico/service-kit/bus/event-bus';
import type { GraphClient } from '@portico/service-kit/graph/graph';
import type { Logger } from '@portico/service-kit/logger';
import type { Subgraph } from '@portico/service-kit/subgraph/start-subgraph';
import type { Tracing } from '@portico/service-kit/tracing/tracing';
import { type RelaySettings, start as startRelay } from '@portico/webhook-relay/server';
import type { Registry } from 'prom-client';

const STARTS = {
  customers: startCustomers,
  inventory: startInventory,
  orders: startOrders,
  payments: startPayments,
  products: startProducts,
  webhooks: startRelay,
};
export type SubgraphName = keyof typeof STARTS;

export type StartedSubgraphs = AsyncDisposable & {
  readonly graph: Graph;
  readonly client: GraphClient;
  readonly subgraphs: Readonly<Record<SubgraphName, Subgraph>>;
};

export type SubgraphSurroundings = {
  loggerOf: (program: string) => Logger;
  /** Without it events wait in their outboxes. */
  bus?: EventBus | undefined;
  tracing?: Tracing | undefined;
  now?: (() => Date) | undefined;
  registry?: Registry | undefined;
  /** Tells the owners of a webhook endpoint that the relay disabled. */
  tellOwners?: TellOwners | undefined;
  /** `by-hand`: no background task runs. */
  tasks?: 'running' | 'by-hand' | undefined;
};

const REQUEST_TIMEOUT_MS = 5_000;

/** Migrates and starts all subgraphs in this process, and the composed graph over them. */
export async function startSubgraphs(
  settings: PaymentsSettings & RelaySettings & { internalSecret: string },
  { loggerOf, ...surroundings }: SubgraphSurroundings,
): Promise<StartedSubgraphs> {
  await using started = new AsyncDisposableStack();
  // A subgraph asks the graph, and the graph asks the subgraphs: whoever asks before all are there waits for it.
  const opened = Promise.withResolvers<GraphClient>();
  opened.promise.catch(() => {});
  const client: GraphClient = {
    execute: async (document, variables, caller) => (await opened.promise).execute(document, variables, caller),
  };
  try {
    const names = Object.keys(STARTS) as SubgraphName[];
    const entries = await startEach(names, async (name) => {
      const subgraph = await STARTS[name](settings, { ...surroundings, graph: client, logger: loggerOf(name) });
      started.use(subgraph);
      return [name, subgraph] as const;
    });
    const subgraphs = Object.fromEntries(entries) as Record<SubgraphName, Subgraph>;
    const graph = await openGraph({
      supergraphSdl: await readFile(supergraphFile, 'utf8'),
      subgraphs: Object.fromEntries(entries.map(([name, { endpoint }]) => [name, endpoint])),
      internalSecret: settings.internalSecret,
      requestTimeoutMs: REQUEST_TIMEOUT_MS,
      logger: loggerOf('mesh'),
      tracing: surroundings.tracing,
    });
    // Disposed last: until its loops have ended, a subgraph may ask the graph.
    const whole = new AsyncDisposableStack();
    whole.use(graph);
    whole.use(started.move());
    opened.resolve(createGraphClient(graph));
    return { graph, client, subgraphs, [Symbol.asyncDispose]: () => whole.disposeAsync() };
  } catch (error) {
    opened.reject(error);
    throw error;
  }
}

/** All at once; when one fails, waits for the others, so that nothing that started is left unowned. */
async function startEach<Name, Started>(names: readonly Name[], start: (name: Name) => Promise<Started>): Promise<Started[]> {
  const settled = await Promise.allSettled(names.map(start));
  return settled.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  });
}
