import { createLogger } from '@portico/service-kit/logger';
import type { LocalConfig } from '../config.ts';
import type { Secrets } from '../kept/secrets.ts';
import { startSubgraphs } from './start-subgraphs.ts';

/**
 * Brings the schemas of all subgraphs up to date: every subgraph migrates its own when it starts. Nothing else is done: what is left to settle or
 * to tell is for programs that know the payment provider and write letters.
 */
export async function migrateAll(config: LocalConfig, databaseUrl: string, secrets: Secrets): Promise<void> {
  const loggerOf = (program: string) => createLogger({ program, level: config.LOG_LEVEL });
  const started = await startSubgraphs({ databaseUrl, poolMax: 2, ...secrets }, { loggerOf, tasks: 'by-hand' });
  await started[Symbol.asyncDispose]();
}
