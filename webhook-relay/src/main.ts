import { runSubgraph } from '@portico/service-kit/subgraph/run-subgraph';
import { start } from './server.ts';

const allowLoopback = process.env.RELAY_ALLOW_LOOPBACK === 'true';
await runSubgraph('webhooks', (settings, dependencies) => start({ ...settings, allowLoopback }, dependencies), process.env);
