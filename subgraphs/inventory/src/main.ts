import { runSubgraph } from '@portico/service-kit/subgraph/run-subgraph';
import { start } from './server.ts';

await runSubgraph('inventory', start, process.env);
