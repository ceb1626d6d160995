import { loadConfig } from '@portico/service-kit/config';
import { subgraphConfig } from '@portico/service-kit/subgraph/config';
import { runSubgraph } from '@portico/service-kit/subgraph/run-subgraph';
import { relayConfig } from './config.ts';
import { start } from './server.ts';
import { tellOverHttp } from './upkeep/tell-over-http.ts';

const NOTICE_TIMEOUT_MS = 10_000;

const config = loadConfig(subgraphConfig.extend(relayConfig.shape), process.env);
const { RELAY_ALLOW_LOOPBACK: allowLoopback, RELAY_WORKERS: workers, RELAY_TIMEOUT_MS: timeoutMs, RELAY_LEASE_MS: leaseMs } = config;
const engine = { workers, timeoutMs, leaseMs };
const { GRAPH_URL: graphUrl, INTERNAL_SECRET: internalSecret } = config;
const onEndpointDisabled = tellOverHttp({ graphUrl, internalSecret, timeoutMs: NOTICE_TIMEOUT_MS });
await runSubgraph(
  'webhooks',
  (settings, dependencies) => start({ ...settings, allowLoopback, engine }, { ...dependencies, onEndpointDisabled }),
  process.env,
);
