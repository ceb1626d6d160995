import { readFileSync } from 'node:fs';
import {
  type Subgraph,
  type SubgraphDependencies,
  type SubgraphSettings,
  startSubgraph,
} from '@portico/service-kit/subgraph/start-subgraph';
import { migrations } from '../migrations/index.ts';
import { Payment } from './payment.entity.ts';
import { references, resolvers } from './resolvers.ts';

/** Starts the payments subgraph: what was paid for which order. */
export function start(settings: SubgraphSettings, dependencies: SubgraphDependencies): Promise<Subgraph> {
  return startSubgraph(
    {
      name: 'payments',
      sdl: readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8'),
      resolvers,
      references,
      entities: [Payment],
      migrations,
      tenantTables: ['payment'],
    },
    settings,
    dependencies,
  );
}
