import { readFileSync } from 'node:fs';
import {
  type BackgroundTask,
  type Subgraph,
  type SubgraphDependencies,
  type SubgraphSettings,
  startSubgraph,
} from '@portico/service-kit/subgraph/start-subgraph';
import { watchWaiting } from '@portico/service-kit/subgraph/work-state';
import { migrations } from '../migrations/index.ts';
import type { ProviderConfig } from './config.ts';
import { Payment } from './payment.entity.ts';
import { NO_PROVIDERS, openProviders } from './payment-provider/open-providers.ts';
import { createResolvers, references } from './resolvers.ts';
import { sweepCallbacks } from './settling/receive-callback.ts';
import { settlePayments } from './settling/settle-payments.ts';
import { tellOrders } from './tell-orders.ts';

/** Without a provider the books are kept, and whoever wants to charge is told that it is not possible. */
export type PaymentsSettings = SubgraphSettings & { provider?: ProviderConfig | undefined };

/** Starts the payments subgraph: what was paid for which order, and who charges for it. */
export async function start(settings: PaymentsSettings, dependencies: SubgraphDependencies): Promise<Subgraph> {
  await using opened = new AsyncDisposableStack();
  const providers = settings.provider === undefined ? NO_PROVIDERS : opened.use(await openProviders(settings.provider, dependencies));
  const charging = { providers, logger: dependencies.logger };
  const settling: Readonly<Record<string, BackgroundTask>> =
    settings.provider === undefined
      ? {}
      : {
          'settle-payments': settlePayments(charging),
          'watch-payments': watchWaiting('payments', 'select open_since as since from payments.payment where due_at is not null'),
        };
  const subgraph = opened.use(
    await startSubgraph(
      {
        name: 'payments',
        sdl: readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8'),
        resolvers: createResolvers(charging),
        references,
        entities: [Payment],
        migrations,
        tenantTables: ['payment', 'paid_order'],
        tasks: { ...settling, 'tell-orders': tellOrders, 'sweep-callbacks': sweepCallbacks },
      },
      settings,
      dependencies,
    ),
  );
  const running = opened.move();
  return { ...subgraph, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
