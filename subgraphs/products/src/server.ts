import { readFileSync } from 'node:fs';
import {
  type Subgraph,
  type SubgraphDependencies,
  type SubgraphSettings,
  startSubgraph,
} from '@portico/service-kit/subgraph/start-subgraph';
import { migrations } from '../migrations/index.ts';
import { followSkus } from './follow-skus.ts';
import { Product, SkuChange } from './product.entity.ts';
import { references, resolvers } from './resolvers.ts';

/** Starts the products subgraph: the catalogue. */
export function start(settings: SubgraphSettings, dependencies: SubgraphDependencies): Promise<Subgraph> {
  return startSubgraph(
    {
      name: 'products',
      sdl: readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8'),
      resolvers,
      references,
      entities: [Product, SkuChange],
      migrations,
      tenantTables: ['product'],
      tasks: { 'follow-skus': followSkus },
    },
    settings,
    dependencies,
  );
}
