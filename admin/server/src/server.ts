import type { Jwks, KeySource } from '@portico/contracts/access-records';
import { createKeyRing } from '@portico/service-kit/key-ring';
import type { Logger } from '@portico/service-kit/logger';
import { openDatabase } from '@portico/service-kit/orm';
import { migrations } from '../migrations/index.ts';
import { Account } from './accounts/account.entity.ts';
import { createAccount, findAccount } from './accounts/accounts.ts';
import { ApiKey } from './api-keys/api-key.entity.ts';
import { regenerateApiKey, revokeApiKey, rotateApiKey, updateApiKey } from './api-keys/change-api-key.ts';
import { createApiKey } from './api-keys/create-api-key.ts';
import { openKeySource } from './api-keys/key-source.ts';
import { listApiKeys } from './api-keys/list-api-keys.ts';
import type { AdminContext } from './context.ts';
import { issueServiceToken, serviceJwks } from './service-tokens/service-tokens.ts';
import { SigningKey } from './service-tokens/signing-key.entity.ts';

export type AdminSettings = { databaseUrl: string; poolMax: number; secretKeys: string };

/** What others may ask of the admin service; the command line and the tests use it directly. */
export type Admin = AsyncDisposable & {
  readonly keySource: KeySource;
  jwks(): Promise<Jwks>;
  readonly accounts: UseCases<typeof accounts>;
  readonly apiKeys: UseCases<typeof apiKeys>;
  readonly serviceTokens: UseCases<typeof serviceTokens>;
};

const accounts = { create: createAccount, find: findAccount };
const apiKeys = {
  create: createApiKey,
  list: listApiKeys,
  update: updateApiKey,
  revoke: revokeApiKey,
  regenerate: regenerateApiKey,
  rotate: rotateApiKey,
};
const serviceTokens = { issue: issueServiceToken };

/** Starts the admin service: accounts, keys, tiers, service tokens. */
export async function start(
  settings: AdminSettings,
  { logger, now = () => new Date() }: { logger: Logger; now?: () => Date },
): Promise<Admin> {
  const database = await openDatabase({
    program: 'admin',
    schema: 'access',
    databaseUrl: settings.databaseUrl,
    poolMax: settings.poolMax,
    entities: [Account, ApiKey, SigningKey],
    migrations,
    // Accounts are what tenants are made of; nothing here belongs to one mode.
    tenantTables: [],
  });
  const context: AdminContext = { database, keyRing: createKeyRing(settings.secretKeys), now };
  const keySource = await openKeySource(context, settings.databaseUrl, logger);
  return {
    keySource,
    jwks: () => serviceJwks(context),
    accounts: bind(accounts, context),
    apiKeys: bind(apiKeys, context),
    serviceTokens: bind(serviceTokens, context),
    async [Symbol.asyncDispose]() {
      await keySource[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

type UseCase = (context: AdminContext, ...args: never[]) => unknown;
type UseCases<Group extends Record<string, UseCase>> = {
  readonly [Name in keyof Group]: Group[Name] extends (context: AdminContext, ...args: infer Args) => infer Result
    ? (...args: Args) => Result
    : never;
};

function bind<Group extends Record<string, UseCase>>(group: Group, context: AdminContext): UseCases<Group> {
  return Object.fromEntries(
    Object.entries(group).map(([name, useCase]) => [name, (...args: never[]) => useCase(context, ...args)]),
  ) as UseCases<Group>;
}
