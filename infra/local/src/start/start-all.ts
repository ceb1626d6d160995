// Every program in this one process. What a program asks of another is a function call; nothing else is needed on the machine.
import { type Admin, start as startAdmin } from '@portico/admin-server/server';
import type { TellOwners } from '@portico/contracts/webhook-notice';
import type { EventBus } from '@portico/service-kit/bus/event-bus';
import { openEventBus } from '@portico/service-kit/bus/open-event-bus';
import type { Logger } from '@portico/service-kit/logger';
import { openTracing } from '@portico/service-kit/tracing/open-tracing';
import type { Tracing } from '@portico/service-kit/tracing/tracing';
import { engineSettings } from '@portico/webhook-relay/config';
import { Registry } from 'prom-client';
import type { LocalConfig } from '../config.ts';
import { type Dependencies, resolveDependencies } from '../dependencies/resolve-dependencies.ts';
import { DEMO_MODE, DEMO_SLUG, type DemoKey, ensureDemoKey, findOrCreateAccount } from '../kept/demo-account.ts';
import { announceRunning } from '../kept/running-file.ts';
import type { Secrets } from '../kept/secrets.ts';
import { openPaymentProvider } from '../payment-provider/open-payment-provider.ts';
import { DEMO_ORDERS, seedDemo } from '../seed/seed-demo.ts';
import { configuredSecrets } from './open-admin.ts';
import { createPendingNotices } from './pending-notices.ts';
import { type StartedSubgraphs, startSubgraphs } from './start-subgraphs.ts';

/** What the gateway is given: the graph, the keys, the database of its own bookkeeping. */
export type GatewaySurroundings = {
  config: LocalConfig;
  secrets: Secrets;
  databaseUrl: string;
  redisUrl: string | undefined;
  bus: EventBus;
  subgraphs: StartedSubgraphs;
  admin: Admin;
  loggerOf: (program: string) => Logger;
  tracing: Tracing;
  /** What the programs beside the gateway show in its `/metrics`. */
  registry: Registry;
};
export type Gateway = AsyncDisposable & { publicUrl: string; internalUrl: string; tellOwners: TellOwners };
export type StartGateway = (surroundings: GatewaySurroundings) => Promise<Gateway>;

export type StartAllOptions = {
  config: LocalConfig;
  startGateway: StartGateway;
  loggerOf: (program: string) => Logger;
  /** Tells the person who waits what takes so long. */
  log: (message: string) => void;
  now: () => Date;
};

export type StartedPlatform = AsyncDisposable & {
  readonly publicUrl: string;
  readonly internalUrl: string;
  readonly resolved: Dependencies['resolved'];
  readonly demoKey: DemoKey;
  /** Resolves when the embedded PostgreSQL has ended by itself. */
  readonly databaseEnded: Promise<void>;
};

/** Starts the platform; disposing stops it, listeners first, database last. What was started when a later step fails is stopped too. */
export async function startAll({ config, startGateway, loggerOf, log, now }: StartAllOptions): Promise<StartedPlatform> {
  await using opened = new AsyncDisposableStack();
  const { databaseUrl, redisUrl, natsUrl, resolved, databaseEnded } = opened.use(await resolveDependencies(config, log));
  const secrets = configuredSecrets(config);
  const { allowLoopback, DATABASE_POOL_MAX: poolMax, AUDIT_RETENTION_DAYS: auditRetentionDays } = config;
  // Another process may rotate the ring while this one runs.
  const secretKeys = (): string => configuredSecrets(config).secretKeys;
  const engine = engineSettings(config);
  const settings = { databaseUrl, natsUrl, poolMax, auditRetentionDays, allowLoopback, engine, ...secrets, secretKeys };
  const tracing = opened.use(await openTracing(config, 'all-in-one'));
  const bus = opened.use(await openEventBus({ natsUrl, databaseUrl, logger: loggerOf('bus') }));
  const payments = opened.use(await openPaymentProvider(config, redisUrl, loggerOf('sandbox-provider')));
  const notices = createPendingNotices();
  const registry = new Registry();
  const surroundings = { loggerOf, bus, tracing, registry, tellOwners: notices.tell };
  const subgraphs = opened.use(await startSubgraphs({ ...settings, provider: payments.provider }, surroundings));
  opened.use(notices);
  const admin = opened.use(await startAdmin(settings, { logger: loggerOf('admin') }));
  const demoKey = await prepareDemo({ admin, databaseUrl, secrets, config, log, now: now() });
  const gateway = opened.use(
    await startGateway({ config, secrets, databaseUrl, redisUrl, bus, subgraphs, admin, loggerOf, tracing, registry }),
  );
  const { publicUrl, internalUrl } = gateway;
  notices.deliverTo(gateway.tellOwners);
  payments.sendCallbacksTo(publicUrl);
  opened.use(announceRunning(config.dataDir, { pid: process.pid, publicUrl, internalUrl }));
  const platform = opened.move();
  return {
    publicUrl,
    internalUrl,
    resolved: [...resolved, payments.resolved],
    demoKey,
    databaseEnded,
    [Symbol.asyncDispose]: () => platform.disposeAsync(),
  };
}

async function prepareDemo(options: {
  admin: Admin;
  databaseUrl: string;
  secrets: Secrets;
  config: LocalConfig;
  log: (message: string) => void;
  now: Date;
}): Promise<DemoKey> {
  const { admin, databaseUrl, secrets, config, log, now } = options;
  const account = await findOrCreateAccount(admin, DEMO_SLUG);
  const demoKey = await ensureDemoKey(admin, account.id, config.dataDir);
  // Idempotent, so that a first start that was cut short between account and data is made good by the next one.
  const added = await seedDemo({ databaseUrl, tenant: { accountId: account.id, mode: DEMO_MODE }, ...secrets, orders: DEMO_ORDERS, now });
  if (added.orders > 0) log(`added demo data: ${added.customers} customers, ${added.products} products, ${added.orders} orders`);
  return demoKey;
}
