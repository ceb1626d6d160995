// For tests: the relay's graph on a database of its own, without the engine: nothing is delivered but tests.
import { readFileSync } from 'node:fs';
import { type Subgraph, startSubgraph } from '@portico/service-kit/subgraph/start-subgraph';
import { createTestDatabase, silentLogger, TEST_BLIND_INDEX_KEY, TEST_SECRET_KEYS, unreachableGraph } from '@portico/service-kit/testing';
import { migrations } from '../../migrations/index.ts';
import { Delivery } from '../delivery.entity.ts';
import { Endpoint } from '../endpoint.entity.ts';
import { ReplayJob } from '../replay-job.entity.ts';
import { references, resolversOf } from '../resolvers.ts';
import type { Resolve } from '../sending/guard-address.ts';
import { createSender } from '../sending/send.ts';

export type RelayGraphForTests = AsyncDisposable & {
  readonly subgraph: Subgraph;
  readonly databaseUrl: string;
  /** How often the engine was told that something became due. */
  readonly wakes: () => number;
};

/** `now`: the wall clock. Endpoints may be on loopback unless said otherwise. */
export async function startRelayGraph(
  options: { now?: () => Date; allowLoopback?: boolean; resolve?: Resolve } = {},
): Promise<RelayGraphForTests> {
  const database = await createTestDatabase();
  const policy = { allowLoopback: options.allowLoopback ?? true };
  const sender = createSender({ policy, ...(options.resolve === undefined ? {} : { resolve: options.resolve }) });
  const end = new AbortController();
  let wakes = 0;
  const wake = (): void => {
    wakes += 1;
  };
  const subgraph = await startSubgraph(
    {
      name: 'webhooks',
      sdl: readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'),
      resolvers: resolversOf({ sender, policy, signal: end.signal, wake }),
      references,
      entities: [Endpoint, Delivery, ReplayJob],
      migrations,
      tenantTables: ['event', 'endpoint', 'delivery', 'attempt', 'replay_job'],
    },
    { databaseUrl: database.url, poolMax: 6, secretKeys: TEST_SECRET_KEYS, blindIndexKey: TEST_BLIND_INDEX_KEY },
    { graph: unreachableGraph, logger: silentLogger, ...(options.now === undefined ? {} : { now: options.now }) },
  );
  return {
    subgraph,
    databaseUrl: database.url,
    wakes: () => wakes,
    async [Symbol.asyncDispose]() {
      end.abort();
      await subgraph[Symbol.asyncDispose]();
      await sender[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}
