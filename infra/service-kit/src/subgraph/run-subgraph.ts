// A subgraph as a process of its own: configuration from the environment, HTTP in, the gateway's graph out, until a signal.
import { Registry } from 'prom-client';
import { openEventBus } from '../bus/open-event-bus.ts';
import { loadConfig } from '../config.ts';
import { createHttpGraphClient } from '../graph/http-graph-client.ts';
import { untilSignal } from '../lifecycle.ts';
import { createLogger } from '../logger.ts';
import { showProgram } from '../metrics/show-program.ts';
import { openTracing } from '../tracing/open-tracing.ts';
import { subgraphConfig } from './config.ts';
import { serveSubgraph } from './serve-subgraph.ts';
import type { Subgraph, SubgraphDependencies, SubgraphSettings } from './start-subgraph.ts';

const GRAPH_TIMEOUT_MS = 5_000;

type Start = (settings: SubgraphSettings, dependencies: SubgraphDependencies) => Promise<Subgraph>;

export async function runSubgraph(name: string, start: Start, env: NodeJS.ProcessEnv): Promise<void> {
  const config = loadConfig(subgraphConfig, env);
  // From here on: a signal during the start is not lost, and the start is undone in order.
  const stopped = untilSignal();
  const logger = createLogger({ program: name, level: config.LOG_LEVEL });
  const registry = new Registry();
  using _ = showProgram(registry);
  await using tracing = await openTracing(config, name);
  await using graph = createHttpGraphClient({
    graphUrl: config.GRAPH_URL,
    internalSecret: config.INTERNAL_SECRET,
    timeoutMs: GRAPH_TIMEOUT_MS,
  });
  await using bus = await openEventBus({ natsUrl: config.NATS_URL, databaseUrl: config.DATABASE_URL, logger });
  await using subgraph = await start(
    {
      databaseUrl: config.DATABASE_URL,
      poolMax: config.DATABASE_POOL_MAX,
      secretKeys: config.SECRET_KEYS,
      blindIndexKey: config.BLIND_INDEX_KEY,
    },
    { graph, logger, bus, registry, tracing },
  );
  await using server = await serveSubgraph(subgraph, {
    host: config.HOST,
    port: config.PORT,
    internalSecret: config.INTERNAL_SECRET,
    shutdownDelayMs: config.SHUTDOWN_DELAY_MS,
    logger,
    tracing,
    registry,
  });
  logger.info({ url: server.url, subgraph: name }, 'listening');
  // A parent that starts this program as a child learns the address from its IPC channel.
  process.send?.({ kind: 'listening', url: server.url });
  logger.info({ signal: await stopped }, 'stopping');
}
