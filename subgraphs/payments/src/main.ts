import { loadConfig } from '@portico/service-kit/config';
import { runSubgraph } from '@portico/service-kit/subgraph/run-subgraph';
import { providerConfig } from './config.ts';
import { start } from './server.ts';

const provider = loadConfig(providerConfig, process.env);
await runSubgraph('payments', (settings, dependencies) => start({ ...settings, provider }, dependencies), process.env);
