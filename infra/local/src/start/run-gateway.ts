// The gateway as a process of its own: subgraphs over HTTP, keys from the access schema of the shared database.
import { readFile } from 'node:fs/promises';
import { AUDIT_RETENTION_DAYS, start as startAdmin } from '@portico/admin-server/server';
import { gatewayConfig } from '@portico/mesh/config';
import { createGraphClient, openGraph } from '@portico/mesh/graph/open-graph';
import { SUBGRAPHS, type SubgraphName, supergraphFile } from '@portico/mesh/graph/subgraph-schemas';
import type { HealthChecks } from '@portico/mesh/health';
import { start } from '@portico/mesh/server';
import { loadConfig } from '@portico/service-kit/config';
import { databaseHealth } from '@portico/service-kit/database/database-health';
import { untilSignal } from '@portico/service-kit/lifecycle';
import { createLogger } from '@portico/service-kit/logger';
import type { RunStatement } from '@portico/service-kit/reads/reads';
import { openTracing, tracingConfig } from '@portico/service-kit/tracing/open-tracing';
import { z } from 'zod';
import { peopleConfig } from '../config.ts';
import { checkNats } from '../dependencies/check-nats.ts';
import { openMounts } from './open-mounts.ts';
import { openStatements } from './open-statements.ts';

const REQUEST_TIMEOUT_MS = 5_000;
const NATS_TIMEOUT_MS = 1_000;

const surroundings = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  DATABASE_POOL_MAX: z.coerce.number().int().min(1).max(200).default(10),
  /** The NATS that the subgraphs use: changes of credentials go over it too. */
  NATS_URL: z.url({ protocol: /^(nats|tls)$/ }).optional(),
  INTERNAL_SECRET: z.string().min(32),
  SECRET_KEYS: z.string(),
  /** `/graphql` of each subgraph. */
  CUSTOMERS_URL: z.url(),
  INVENTORY_URL: z.url(),
  ORDERS_URL: z.url(),
  PAYMENTS_URL: z.url(),
  PRODUCTS_URL: z.url(),
  WEBHOOKS_URL: z.url(),
  /** Days that the request log is kept. */
  AUDIT_RETENTION_DAYS: z.coerce.number().int().min(1).max(3_650).default(AUDIT_RETENTION_DAYS),
  /** Where letters go when SMTP_URL is not set. */
  DATA_DIR: z.string().default('.data'),
  ...peopleConfig,
  ...tracingConfig,
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
});
type Surroundings = z.output<typeof surroundings>;

/** What a gateway is configured by as a process of its own. */
export const gatewayProgramConfig = surroundings.extend(gatewayConfig.shape);

export async function runGateway(env: NodeJS.ProcessEnv): Promise<void> {
  const given = loadConfig(gatewayProgramConfig, env);
  // From here on: a signal during the start is not lost, and the start is undone in order.
  const stopped = untilSignal();
  const logger = createLogger({ program: 'gateway', level: given.LOG_LEVEL });
  await using tracing = await openTracing(given, 'gateway');
  await using admin = await startAdmin(
    {
      databaseUrl: given.DATABASE_URL,
      natsUrl: given.NATS_URL,
      poolMax: given.DATABASE_POOL_MAX,
      secretKeys: given.SECRET_KEYS,
      auditRetentionDays: given.AUDIT_RETENTION_DAYS,
    },
    { logger: createLogger({ program: 'admin', level: given.LOG_LEVEL }) },
  );
  await using graph = await openGraph({
    supergraphSdl: await readFile(supergraphFile, 'utf8'),
    subgraphs: Object.fromEntries(SUBGRAPHS.map((name) => [name, { kind: 'http', url: urlOf(given, name) }])),
    internalSecret: given.INTERNAL_SECRET,
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
    logger,
    tracing,
  });
  await using statements = openStatements({ program: 'gateway', databaseUrl: given.DATABASE_URL, poolMax: given.DATABASE_POOL_MAX });
  const { run, read } = statements;
  await using opened = await openMounts(
    { ...given, dataDir: given.DATA_DIR },
    { admin, graph: createGraphClient(graph), internalSecret: given.INTERNAL_SECRET, logger },
  );
  await using gateway = await start(given, {
    graph,
    keySource: admin.keySource,
    tokens: admin.tokens,
    audit: admin.audit,
    jwks: () => admin.jwks(),
    run,
    read,
    internalSecret: given.INTERNAL_SECRET,
    checks: healthChecks(given.NATS_URL, run),
    logger,
    tracing,
    mounts: opened.mounts,
  });
  logger.info({ url: gateway.publicUrl }, 'listening');
  logger.info({ url: gateway.internalUrl }, 'listening for our own programs');
  logger.info({ signal: await stopped }, 'stopping');
}

function healthChecks(natsUrl: string | undefined, run: RunStatement): HealthChecks {
  const nats = async () => ({
    status: natsUrl !== undefined && (await checkNats(natsUrl, NATS_TIMEOUT_MS)).ok ? ('up' as const) : ('down' as const),
  });
  return {
    postgres: { required: true, check: () => databaseHealth(run, 'access') },
    ...(natsUrl === undefined ? {} : { nats: { required: false, check: nats } }),
  };
}

function urlOf(given: Surroundings, name: SubgraphName): string {
  return given[`${name.toUpperCase() as Uppercase<SubgraphName>}_URL`];
}
