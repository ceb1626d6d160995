import { readFileSync } from 'node:fs';
import {
  type Subgraph,
  type SubgraphDependencies,
  type SubgraphSettings,
  startSubgraph,
} from '@portico/service-kit/subgraph/start-subgraph';
import { migrations } from '../migrations/index.ts';
import { InventoryItem, Reservation, StockHold } from './inventory-item.entity.ts';
import { references, resolvers } from './resolvers.ts';

/** Starts the inventory subgraph: what is in stock, and who holds it. */
export function start(settings: SubgraphSettings, dependencies: SubgraphDependencies): Promise<Subgraph> {
  return startSubgraph(
    {
      name: 'inventory',
      sdl: readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8'),
      resolvers,
      references,
      entities: [InventoryItem, Reservation, StockHold],
      migrations,
      tenantTables: ['inventory_item', 'reservation', 'stock_hold'],
    },
    settings,
    dependencies,
  );
}
