import type { Jwks, KeySource } from '@portico/contracts/access-records';
import type { AuditSink } from '@portico/contracts/audit';
import type { TokenService } from '@portico/contracts/token-service';
import { warnOfNewerSchema } from '@portico/service-kit/database/newer-schema';
import { openDatabase } from '@portico/service-kit/database/orm';
import type { GraphClient } from '@portico/service-kit/graph/graph';
import type { Logger } from '@portico/service-kit/logger';
import { createLiveKeyRing, type SecretKeys } from '@portico/service-kit/sealing/live-key-ring';
import { migrations } from '../migrations/index.ts';
import { Account } from './accounts/account.entity.ts';
import { createAccount, findAccount } from './accounts/accounts.ts';
import { AdminAction } from './admin-log/admin-action.entity.ts';
import { listAdminActions } from './admin-log/list-admin-actions.ts';
import { recordAdminAction } from './admin-log/record-admin-action.ts';
import { ApiKey } from './api-keys/api-key.entity.ts';
import { regenerateApiKey, revokeApiKey, rotateApiKey, updateApiKey } from './api-keys/change-api-key.ts';
import { createApiKey } from './api-keys/create-api-key.ts';
import { openKeySource } from './api-keys/key-source.ts';
import { listApiKeys } from './api-keys/list-api-keys.ts';
import { type ExportRange, exportRequestLog } from './audit/export-request-log.ts';
import { rollUpUsage } from './audit/roll-up-usage.ts';
import { startAudit } from './audit/start-audit.ts';
import { errorsByCode, latencyBy, rateLimitViolations, requestsPerDay } from './audit/usage.ts';
import { openChangeFeed } from './change-feed.ts';
import type { AdminContext } from './context.ts';
import { Member } from './members/member.entity.ts';
import { revokeClient, rotateClientSecret, updateClient } from './oauth-clients/change-client.ts';
import { OauthClient } from './oauth-clients/client.entity.ts';
import { createClient } from './oauth-clients/create-client.ts';
import { listClients } from './oauth-clients/list-clients.ts';
import { openTokenService } from './oauth-tokens/open-token-service.ts';
import { RefreshToken, TokenFamily } from './oauth-tokens/token.entities.ts';
import { openSides, type Sides } from './open-sides.ts';
import { createOperator, renewPassword } from './people/create-operator.ts';
import type { OperatorInput } from './people/operators.ts';
import { Person } from './people/person.entity.ts';
import type { PeopleSettings } from './people-settings.ts';
import { resealSecrets } from './secrets/reseal-secrets.ts';
import { SealedSecret } from './secrets/sealed-secret.entity.ts';
import { issueServiceToken } from './service-tokens/service-tokens.ts';
import { SigningKey } from './service-tokens/signing-key.entity.ts';
import { rotateSigningKey, serviceJwks, withdrawSigningKey } from './service-tokens/signing-keys.ts';
import { Ticket, TicketMessage } from './tickets/ticket.entity.ts';
import { TierSettings } from './tiers/tier.entity.ts';
import type { RecordAction } from './trpc/changing.ts';

export type AdminSettings = {
  databaseUrl: string;
  /** Changes of credentials go over it too, beside PostgreSQL. */
  natsUrl?: string | undefined;
  poolMax: number;
  secretKeys: SecretKeys;
  auditRetentionDays?: number;
};

/** What others may ask of the admin service; the command line and the tests use it directly. */
export type Admin = AsyncDisposable & {
  readonly keySource: KeySource;
  readonly tokens: TokenService;
  jwks(): Promise<Jwks>;
  readonly accounts: UseCases<typeof accounts>;
  readonly apiKeys: UseCases<typeof apiKeys>;
  readonly oauthClients: UseCases<typeof oauthClients>;
  readonly serviceTokens: UseCases<typeof serviceTokens>;
  readonly signingKeys: UseCases<typeof signingKeys>;
  /** Where a gateway leaves a record of every request. */
  readonly audit: AuditSink;
  readonly usage: UseCases<typeof usage>;
  readonly adminLog: UseCases<typeof adminLog>;
  /** The request log of some days as JSON Lines, in batches of lines. */
  exportRequestLog(range: ExportRange): AsyncGenerator<string[]>;
  readonly operators: {
    create(given: OperatorInput): ReturnType<typeof createOperator>;
    renewPassword(email: string): ReturnType<typeof renewPassword>;
  };
  /** Moves what older keys of the ring sealed to its newest one, beside normal work; answers how many rows of each table moved. */
  resealSecrets(): ReturnType<typeof resealSecrets>;
  /** Opens the sides on which people sign in, for a gateway to mount. `graph`: where webhooks are. Disposed before the admin service. */
  openSides(settings: PeopleSettings, graph: GraphClient): Promise<Sides>;
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
const oauthClients = {
  create: createClient,
  list: listClients,
  update: updateClient,
  revoke: revokeClient,
  rotateSecret: rotateClientSecret,
};
const serviceTokens = { issue: issueServiceToken };
const signingKeys = { rotate: rotateSigningKey, withdraw: withdrawSigningKey };
const usage = { rollUp: rollUpUsage, requestsPerDay, errorsByCode, latencyBy, rateLimitViolations };
const adminLog = { list: listAdminActions };

export const AUDIT_RETENTION_DAYS = 90;

/** Starts the admin service: accounts, keys, tiers, service tokens. */
export async function start(
  settings: AdminSettings,
  {
    logger,
    now = () => new Date(),
    actor = 'service:admin',
    recordAction = recordAdminAction,
  }: { logger: Logger; now?: () => Date; actor?: string; recordAction?: RecordAction },
): Promise<Admin> {
  const database = await openDatabase({
    program: 'admin',
    schema: 'access',
    databaseUrl: settings.databaseUrl,
    poolMax: settings.poolMax,
    entities: [
      Account,
      AdminAction,
      ApiKey,
      Member,
      OauthClient,
      Person,
      RefreshToken,
      SealedSecret,
      SigningKey,
      Ticket,
      TicketMessage,
      TierSettings,
      TokenFamily,
    ],
    migrations,
    // Accounts are what tenants are made of; nothing here belongs to one mode.
    tenantTables: [],
  });
  warnOfNewerSchema(database, logger, 'access');
  const keyRing = createLiveKeyRing(settings.secretKeys);
  const context: AdminContext = { database, keyRing, now, actor };
  const feed = await openChangeFeed({ databaseUrl: settings.databaseUrl, natsUrl: settings.natsUrl, logger });
  const keySource = openKeySource(context, feed, logger);
  const tokens = openTokenService(context, feed, logger);
  const ourselves = { admin: context, recordAction, person: { id: actor } };
  const audit = startAudit(context, logger, settings.auditRetentionDays ?? AUDIT_RETENTION_DAYS);
  return {
    keySource,
    tokens,
    jwks: () => serviceJwks(context),
    accounts: bind(accounts, context),
    apiKeys: bind(apiKeys, context),
    oauthClients: bind(oauthClients, context),
    serviceTokens: bind(serviceTokens, context),
    signingKeys: bind(signingKeys, context),
    audit,
    usage: bind(usage, context),
    adminLog: bind(adminLog, context),
    exportRequestLog: (range) => exportRequestLog(context, range),
    operators: { create: (given) => createOperator(ourselves, given), renewPassword: (email) => renewPassword(ourselves, email) },
    resealSecrets() {
      keyRing.renew();
      return resealSecrets(context, logger);
    },
    openSides: (settings, graph) => openSides({ admin: context, settings, recordAction, graph, logger }),
    async [Symbol.asyncDispose]() {
      await keySource[Symbol.asyncDispose]();
      await tokens[Symbol.asyncDispose]();
      await feed[Symbol.asyncDispose]();
      await audit[Symbol.asyncDispose]();
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
