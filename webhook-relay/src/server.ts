import { readFileSync } from 'node:fs';
import type { TellOwners } from '@portico/contracts/webhook-notice';
import { createLiveKeyRing } from '@portico/service-kit/sealing/live-key-ring';
import {
  type Subgraph,
  type SubgraphDependencies,
  type SubgraphSettings,
  startSubgraph,
} from '@portico/service-kit/subgraph/start-subgraph';
import { NO_TRACING } from '@portico/service-kit/tracing/tracing';
import { migrations } from '../migrations/index.ts';
import { Delivery } from './delivery.entity.ts';
import { Endpoint } from './endpoint.entity.ts';
import { attemptsMax } from './engine/slots.ts';
import { ENGINE_DEFAULTS, type Engine, type EngineSettings, startEngine } from './engine/start-engine.ts';
import { ReplayJob } from './replay-job.entity.ts';
import { references, resolversOf } from './resolvers.ts';
import { createSender, type Sender } from './sending/send.ts';
import { relayTasks } from './upkeep/relay-tasks.ts';

export type RelaySettings = SubgraphSettings & {
  /** For development: endpoints may be on this machine and over http. */
  allowLoopback?: boolean;
  engine?: EngineSettings;
};

export type RelayDependencies = SubgraphDependencies & {
  /** Everything that goes to an endpoint's URL. */
  sender?: Sender;
  /** Tells the owners of an endpoint that was disabled; asked again when it rejects. Without it the log says so, and the graph. */
  tellOwners?: TellOwners | undefined;
  /** From 0 up to 1. */
  random?: () => number;
};

export type Relay = Subgraph & {
  /** Missing without a bus: then the graph answers and nothing is delivered. */
  readonly engine: Engine | undefined;
};

/** Starts the relay: who gets which events, what became of them, and the engine that brings them there. */
export async function start(settings: RelaySettings, dependencies: RelayDependencies): Promise<Relay> {
  const { bus, logger, tracing = NO_TRACING, now = () => new Date(), random = Math.random } = dependencies;
  const { tellOwners = async () => {} } = dependencies;
  await using opened = new AsyncDisposableStack();
  const { workers } = { ...ENGINE_DEFAULTS, ...settings.engine };
  const policy = { allowLoopback: settings.allowLoopback ?? false };
  // An attempt that waited for a connection would spend its deadline on it: endpoints have caps of their own.
  const sender = dependencies.sender ?? opened.use(createSender({ policy, maxConnectionsPerReceiver: attemptsMax(workers) }));
  const end = new AbortController();
  let engine: Engine | undefined;
  const wake = (endpoints?: readonly string[]): void => engine?.wake(endpoints);
  const subgraph = opened.use(
    await startSubgraph(
      {
        name: 'webhooks',
        sdl: readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8'),
        resolvers: resolversOf({ sender, policy, signal: end.signal, wake: () => wake() }),
        references,
        entities: [Endpoint, Delivery, ReplayJob],
        migrations,
        tenantTables: ['event', 'endpoint', 'delivery', 'attempt', 'replay_job'],
        tasks: relayTasks({ wake, tell: tellOwners }),
      },
      settings,
      dependencies,
    ),
  );
  opened.defer(() => end.abort());
  if (bus !== undefined) {
    const keyRing = createLiveKeyRing(settings.secretKeys);
    const { database } = subgraph;
    const { databaseUrl } = settings;
    engine = opened.use(
      await startEngine(settings.engine ?? {}, { database, databaseUrl, keyRing, bus, sender, logger, tracing, now, random }),
    );
  }
  const running = opened.move();
  return { ...subgraph, engine, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
