import { readFileSync } from 'node:fs';
import { resealTask } from '@portico/service-kit/sealing/reseal-task';
import {
  type Subgraph,
  type SubgraphDependencies,
  type SubgraphSettings,
  startSubgraph,
} from '@portico/service-kit/subgraph/start-subgraph';
import { watchWaiting } from '@portico/service-kit/subgraph/work-state';
import { migrations } from '../migrations/index.ts';
import { Order, OrderLine, sealedShippingAddress } from './order.entity.ts';
import { references, resolvers } from './resolvers.ts';
import { SagaTask } from './saga/saga-task.entity.ts';
import { settleLeftTasks } from './saga/settle-task.ts';

/** Starts the orders subgraph: what was bought, and its way to the buyer. */
export function start(settings: SubgraphSettings, dependencies: SubgraphDependencies): Promise<Subgraph> {
  return startSubgraph(
    {
      name: 'orders',
      sdl: readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8'),
      resolvers,
      references,
      entities: [Order, OrderLine, SagaTask],
      migrations,
      tenantTables: ['order', 'order_line'],
      tasks: {
        'settle-left-tasks': settleLeftTasks,
        'watch-saga': watchWaiting('saga', 'select begun_at as since from orders.saga_task'),
        reseal: resealTask('orders.order', { shipping_address_sealed: sealedShippingAddress }),
      },
    },
    settings,
    dependencies,
  );
}
