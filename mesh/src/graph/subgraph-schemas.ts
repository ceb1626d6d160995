import { readFileSync } from 'node:fs';

export const SUBGRAPHS = ['customers', 'inventory', 'orders', 'payments', 'products', 'webhooks'] as const;
export type SubgraphName = (typeof SUBGRAPHS)[number];

const root = new URL('../../../', import.meta.url);

/** The subgraphs' schemas by name, as they stand in the sources. */
export function readSubgraphSchemas(): Record<SubgraphName, string> {
  return Object.fromEntries(
    SUBGRAPHS.map((name) => [name, readFileSync(new URL(`${subgraphFolder(name)}/schema.graphql`, root), 'utf8')]),
  ) as Record<SubgraphName, string>;
}

/** Where a subgraph's sources are, from the root: the relay's graph is a part of the relay. */
export function subgraphFolder(name: SubgraphName): string {
  return name === 'webhooks' ? 'webhook-relay' : `subgraphs/${name}`;
}

/** Where the composed supergraph is committed. */
export const supergraphFile = new URL('mesh/supergraph.graphql', root);
