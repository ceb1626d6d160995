import { loadConfig } from '@portico/service-kit/config';
import { runSubgraph } from '@portico/service-kit/subgraph/run-subgraph';
import { relayConfig } from './config.ts';
import { start } from './server.ts';

const config = loadConfig(relayConfig, process.env);
const { RELAY_ALLOW_LOOPBACK: allowLoopback, RELAY_WORKERS: workers, RELAY_TIMEOUT_MS: timeoutMs, RELAY_LEASE_MS: leaseMs } = config;
const engine = { workers, timeoutMs, leaseMs };
await runSubgraph('webhooks', (settings, dependencies) => start({ ...settings, allowLoopback, engine }, dependencies), process.env);
