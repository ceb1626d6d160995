import { loadConfig } from '@portico/service-kit/config';
import { subgraphConfig } from '@portico/service-kit/subgraph/config';
import { runSubgraph } from '@portico/service-kit/subgraph/run-subgraph';
import { engineSettings, relayConfig } from './config.ts';
import { start } from './server.ts';
import { tellOverHttp } from './upkeep/tell-over-http.ts';

const NOTICE_TIMEOUT_MS = 10_000;

const config = loadConfig(subgraphConfig.extend(relayConfig.shape), process.env);
const engine = engineSettings(config);
const { RELAY_ALLOW_LOOPBACK: allowLoopback, GRAPH_URL: graphUrl, INTERNAL_SECRET: internalSecret } = config;
const tellOwners = tellOverHttp({ graphUrl, internalSecret, timeoutMs: NOTICE_TIMEOUT_MS });
await runSubgraph(
  'webhooks',
  (settings, dependencies) => start({ ...settings, allowLoopback, engine }, { ...dependencies, tellOwners }),
  process.env,
);
