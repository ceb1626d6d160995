// The distributed topology: each program in a process of its own, configured by its environment.
import { ConfigError } from '@portico/service-kit/config';

/** By the words after `npm start --`. Importing a subgraph's main runs it until a signal. */
export const PROGRAMS: ReadonlyMap<string, () => Promise<unknown>> = new Map<string, () => Promise<unknown>>([
  ['gateway', () => import('./run-gateway.ts').then(({ runGateway }) => runGateway(process.env))],
  ['sandbox-provider', () => import('@portico/sandbox-provider/main')],
  ['subgraph customers', () => import('@portico/customers/main')],
  ['subgraph inventory', () => import('@portico/inventory/main')],
  ['subgraph orders', () => import('@portico/orders/main')],
  ['subgraph payments', () => import('@portico/payments/main')],
  ['subgraph products', () => import('@portico/products/main')],
  ['relay', () => import('@portico/webhook-relay/main')],
]);

/** Runs the program that the words name, until a signal. Answers the exit code. */
export async function runProgram(words: readonly string[]): Promise<number> {
  const run = PROGRAMS.get(words.join(' '));
  if (run === undefined) {
    const known = [...PROGRAMS.keys()].map((name) => `  npm start -- ${name}`).join('\n');
    process.stderr.write(
      `There is no program ${JSON.stringify(words.join(' '))}. There are:\n${known}\nand all of them in one process: npm start\n`,
    );
    return 2;
  }
  try {
    await run();
    return 0;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}
