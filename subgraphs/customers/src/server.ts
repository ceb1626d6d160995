import { readFileSync } from 'node:fs';
import { resealTask } from '@portico/service-kit/sealing/reseal-task';
import {
  type Subgraph,
  type SubgraphDependencies,
  type SubgraphSettings,
  startSubgraph,
} from '@portico/service-kit/subgraph/start-subgraph';
import { migrations } from '../migrations/index.ts';
import { Customer, Erasure, sealed } from './customer.entity.ts';
import { finishErasures } from './erase-customer.ts';
import { references, resolvers } from './resolvers.ts';

/** Starts the customers subgraph: people, and what may be known of them. */
export function start(settings: SubgraphSettings, dependencies: SubgraphDependencies): Promise<Subgraph> {
  return startSubgraph(
    {
      name: 'customers',
      sdl: readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8'),
      resolvers,
      references,
      entities: [Customer, Erasure],
      migrations,
      tenantTables: ['customer'],
      tasks: {
        'finish-erasures': finishErasures,
        reseal: resealTask('customers.customer', {
          email_sealed: sealed.email,
          name_sealed: sealed.name,
          phone_sealed: sealed.phone,
          address_sealed: sealed.address,
        }),
      },
    },
    settings,
    dependencies,
  );
}
