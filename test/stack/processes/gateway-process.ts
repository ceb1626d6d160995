import { type ProgramProcess, startProgramProcess } from './program-process.ts';

const NOWHERE = 'http://127.0.0.1:9/graphql';

export type GatewayProcess = ProgramProcess & { readonly url: string; readonly internalUrl: string };

/** A gateway as `npm start -- gateway` runs it, without subgraphs unless they are given: only paths that need no graph are answered from its own knowledge. */
export async function startGatewayProcess(databaseUrl: string, env: Readonly<Record<string, string>> = {}): Promise<GatewayProcess> {
  const subgraphs = ['CUSTOMERS', 'INVENTORY', 'ORDERS', 'PAYMENTS', 'PRODUCTS', 'WEBHOOKS'].map((name) => [`${name}_URL`, NOWHERE]);
  const program = await startProgramProcess('gateway', 2, { DATABASE_URL: databaseUrl, ...Object.fromEntries(subgraphs), ...env });
  const [url = '', internalUrl = ''] = program.urls;
  return { ...program, url, internalUrl };
}
