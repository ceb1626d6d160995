import { type Admin, start } from '@portico/admin-server/server';
import { createLogger } from '@portico/service-kit/logger';
import type { LocalConfig } from '../config.ts';
import { type Database, resolveDatabase } from '../dependencies/resolve-dependencies.ts';
import { type GivenSecrets, loadSecrets, type Secrets } from '../kept/secrets.ts';

export type OpenAdmin = AsyncDisposable & { admin: Admin; database: Database; secrets: Secrets };

/** What a command needs to work on accounts: the database, joined or started, and the admin service over it. */
export async function openAdmin(config: LocalConfig, log: (message: string) => void): Promise<OpenAdmin> {
  await using opened = new AsyncDisposableStack();
  const database = opened.use(await resolveDatabase(config, log));
  const secrets = configuredSecrets(config);
  const { databaseUrl } = database;
  const secretKeys = (): string => configuredSecrets(config).secretKeys;
  const settings = { databaseUrl, poolMax: 2, secretKeys, auditRetentionDays: config.AUDIT_RETENTION_DAYS };
  const admin = opened.use(
    await start(settings, { logger: createLogger({ program: 'admin', level: config.LOG_LEVEL }), actor: 'command-line' }),
  );
  const kept = opened.move();
  return { admin, database, secrets, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

export function configuredSecrets(config: LocalConfig): Secrets {
  return loadSecrets(config.dataDir, givenSecrets(config));
}

export function givenSecrets({ INTERNAL_SECRET, SECRET_KEYS, BLIND_INDEX_KEY }: LocalConfig): GivenSecrets {
  return { internalSecret: INTERNAL_SECRET, secretKeys: SECRET_KEYS, blindIndexKey: BLIND_INDEX_KEY };
}
