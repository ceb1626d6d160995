// `npm start`: everything in this process; `npm start -- subgraph orders`: one program of the distributed topology.
import { runAll } from './start/run-all.ts';
import { runProgram } from './start/run-program.ts';
import { gatewayInProcess } from './start/start-gateway.ts';

const words = process.argv.slice(2);
process.exitCode = words.length === 0 ? await runAll(process.env, gatewayInProcess(process.env)) : await runProgram(words);
