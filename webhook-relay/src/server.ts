import { readFileSync } from 'node:fs';
import { resealTask } from '@portico/service-kit/reseal-task';
import {
  type Subgraph,
  type SubgraphDependencies,
  type SubgraphSettings,
  startSubgraph,
} from '@portico/service-kit/subgraph/start-subgraph';
import { migrations } from '../migrations/index.ts';
import { Delivery } from './delivery.entity.ts';
import { Endpoint, sealedEndpoint } from './endpoint.entity.ts';
import { ReplayJob } from './replay-job.entity.ts';
import { references, resolversOf } from './resolvers.ts';
import { createSender } from './sending/send.ts';

/** `allowLoopback`: for development, endpoints may be on this machine and over http. */
export type RelaySettings = SubgraphSettings & { allowLoopback?: boolean };

/** Starts the relay: who gets which events, and what became of them. */
export async function start(settings: RelaySettings, dependencies: SubgraphDependencies): Promise<Subgraph> {
  await using opened = new AsyncDisposableStack();
  const policy = { allowLoopback: settings.allowLoopback ?? false };
  const sender = opened.use(createSender({ policy }));
  const end = new AbortController();
  const subgraph = opened.use(
    await startSubgraph(
      {
        name: 'webhooks',
        sdl: readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8'),
        resolvers: resolversOf({ sender, policy, signal: end.signal, wake: () => {} }),
        references,
        entities: [Endpoint, Delivery, ReplayJob],
        migrations,
        tenantTables: ['event', 'endpoint', 'delivery', 'attempt', 'replay_job'],
        tasks: {
          reseal: resealTask('webhooks.endpoint', {
            secret_sealed: sealedEndpoint.secret,
            previous_secret_sealed: sealedEndpoint.previousSecret,
            headers_sealed: sealedEndpoint.headers,
          }),
        },
      },
      settings,
      dependencies,
    ),
  );
  opened.defer(() => end.abort());
  const running = opened.move();
  return { ...subgraph, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
