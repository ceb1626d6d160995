// The graph of a stack: over subgraphs in this process, in processes of their own, or in those that the scenarios of a run share.
import { readFile } from 'node:fs/promises';
import { type SubgraphName, type SubgraphSurroundings, startSubgraphs } from '@portico/local/start/start-subgraphs';
import { type Graph, openGraph } from '@portico/mesh/graph/open-graph';
import { supergraphFile } from '@portico/mesh/graph/subgraph-schemas';
import type { PaymentsSettings } from '@portico/payments/server';
import type { RelaySettings } from '@portico/webhook-relay/server';
import { startSubgraphProcesses } from './processes/subgraph-processes.ts';

export type GraphSettings = PaymentsSettings & RelaySettings & { secretKeys: string; internalSecret: string; allowLoopback: boolean };
export type SubgraphUrls = Readonly<Record<SubgraphName, string>>;

export type StartedGraph = {
  readonly graph: Graph;
  /** `/graphql` of each subgraph that is a process. */
  readonly urls?: SubgraphUrls;
  /** Tells the subgraphs where the gateway listens, through which they ask each other. */
  announce(internalUrl: string): void;
};

export async function startGraphInProcess(
  opened: AsyncDisposableStack,
  settings: GraphSettings,
  surroundings: SubgraphSurroundings,
): Promise<StartedGraph> {
  const { graph } = opened.use(await startSubgraphs(settings, surroundings));
  return { graph, announce: () => {} };
}

/** What the gateway's side of a graph over HTTP is made with. */
type GraphOptions = Pick<Parameters<typeof openGraph>[0], 'execution' | 'internalSecret' | 'logger' | 'tracing'>;
type ProcessOptions = Parameters<typeof startSubgraphProcesses>[1];

export async function startGraphOfProcesses(
  opened: AsyncDisposableStack,
  settings: GraphSettings,
  options: ProcessOptions & GraphOptions,
): Promise<StartedGraph> {
  const { urls, forwardGraphTo } = opened.use(await startSubgraphProcesses(settings, options));
  return { ...(await openGraphOver(opened, urls, options)), announce: forwardGraphTo };
}

/** Over subgraphs that run already and know another gateway. */
export async function openGraphOver(opened: AsyncDisposableStack, urls: SubgraphUrls, options: GraphOptions): Promise<StartedGraph> {
  const graph = await openGraph({
    ...options,
    supergraphSdl: await readFile(supergraphFile, 'utf8'),
    subgraphs: Object.fromEntries(Object.entries(urls).map(([name, url]) => [name, { kind: 'http', url }])),
    requestTimeoutMs: 5_000,
  });
  opened.use(graph);
  return { graph, urls, announce: () => {} };
}
