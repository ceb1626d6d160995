import { runSubgraph } from '@portico/service-kit/subgraph/run-subgraph';
import { start } from './server.ts';

await runSubgraph('orders', start, process.env);
