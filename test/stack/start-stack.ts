// The whole platform for a test or a benchmark: on a database of its own, on free ports, in either topology.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noticeMount } from '@portico/admin-server/notices/notice-mount';
import { type Admin, start as startAdmin } from '@portico/admin-server/server';
import type { AuditSink } from '@portico/contracts/audit';
import { PAGES } from '@portico/local/start/build-pages';
import { openStatements } from '@portico/local/start/open-statements';
import { createPendingNotices } from '@portico/local/start/pending-notices';
import { gatewayConfig } from '@portico/mesh/config';
import type { VERSIONS } from '@portico/mesh/contracts/versions';
import { createGraphClient, type Graph } from '@portico/mesh/graph/open-graph';
import { start as startGateway } from '@portico/mesh/server';
import type { EventBus } from '@portico/service-kit/bus/event-bus';
import { databaseHealth } from '@portico/service-kit/database/database-health';
import type { Logger } from '@portico/service-kit/logger';
import { createTestDatabase, silentLogger, testSettings } from '@portico/service-kit/testing';
import { openTracing, type TracingConfig } from '@portico/service-kit/tracing/open-tracing';
import type { EngineSettings } from '@portico/webhook-relay/engine/start-engine';
import { Registry } from 'prom-client';
import { type Client, type ClientOptions, issueClient, issueKey, type Key, type KeyOptions } from './credentials.ts';
import { FAILED_AUTHENTICATIONS_PER_MINUTE } from './out-of-reach.ts';
import { type Fleet, sharedFleet } from './processes/shared-fleet.ts';
import { openGraphOver, startGraphInProcess, startGraphOfProcesses } from './start-graph.ts';
import { startTestSandbox, type TestSandbox } from './start-test-sandbox.ts';

export type Topology = 'all-in-one' | 'distributed';
export const TOPOLOGIES: readonly Topology[] = ['all-in-one', 'distributed'];

export type StackOptions = {
  topology: Topology;
  /** Where it is distributed, its fleet is the one of every stack that says so: for tests that keep to their own accounts. */
  shared?: boolean;
  /** Another gateway over the subgraphs and the database of another stack. What is said of subgraphs below does not apply then. */
  fleet?: Fleet | undefined;
  /** An existing database; a new one that goes with the stack otherwise. */
  databaseUrl?: string;
  execution?: 'compiled' | 'stitched';
  /** Connections per program. */
  poolMax?: number;
  env?: Readonly<Record<string, string>>;
  /** Serves the portal and the console, which the setup of the browser tests has built. */
  pages?: boolean;
  /** Limits hold across the stacks that share it. */
  redisUrl?: string;
  /** Carries the events of the subgraphs in this process. Without it they wait in their outboxes; those in processes of their own have one. */
  openBus?: (databaseUrl: string) => Promise<EventBus>;
  /** False as in production: webhooks go to public addresses alone. */
  allowLoopback?: boolean;
  /** The contract that the gateway serves; that of this release otherwise. */
  versions?: typeof VERSIONS;
  /** Of the relay in this process; as in production otherwise. */
  engine?: EngineSettings;
  /** False leaves no records of requests: to measure what they cost. */
  audited?: boolean;
  /** Where spans go, from every program; nowhere otherwise. */
  otlpEndpoint?: string;
  /** Logs of the programs in this process; nobody's otherwise. */
  loggerOf?: (program: string) => Logger;
  /** Takes what the programs in processes of their own print, their logs; they print nowhere but here then. */
  onOutput?: (text: string) => void;
};

export type Stack = AsyncDisposable & {
  readonly url: string;
  readonly internalUrl: string;
  readonly databaseUrl: string;
  /** `/metrics` of every process of the stack, the gateway's first. */
  readonly metricsUrls: readonly string[];
  /** Where letters to people end. */
  readonly mailFolder: string;
  readonly admin: Admin;
  readonly graph: Graph;
  /** The subgraphs in processes of their own, for other stacks to use. */
  readonly fleet: Fleet | undefined;
  /** What the payment provider was told and did, by its own books. */
  readonly sandbox: TestSandbox;
  /** Sends the spans of the programs in this process; those in others send theirs every second. */
  flushTraces(): Promise<void>;
  /** A key of a new account, or of the account with this name. */
  key(options?: KeyOptions): Promise<Key>;
  /** An OAuth client, likewise. */
  client(options?: ClientOptions): Promise<Client>;
};

/** Longer than it takes a busy machine to write down that a charge is pending. */
const PENDING_MS = 1_500;

const NO_AUDIT: AuditSink = { record: () => {}, flush: () => Promise.resolve(), dropped: 0 };

/** Tests sign in more often in a minute than people do, and the addresses in their letters are not opened. */
const PEOPLE = { portalOrigin: 'http://portal.test', consoleOrigin: 'http://console.test', triesPerMinute: 1_000 };

export async function startStack(options: StackOptions): Promise<Stack> {
  const { topology, execution, poolMax = 6, env = {}, redisUrl, openBus, audited = true, loggerOf = () => silentLogger } = options;
  await using opened = new AsyncDisposableStack();
  const fleet = options.fleet ?? (options.shared === true && topology === 'distributed' ? await sharedFleet() : undefined);
  const databaseUrl = fleet?.databaseUrl ?? options.databaseUrl ?? opened.use(await createTestDatabase()).url;
  const internalSecret = fleet?.internalSecret ?? randomBytes(24).toString('hex');
  const sandbox =
    fleet === undefined ? opened.use(await startTestSandbox(loggerOf('sandbox-provider'), { pendingMs: PENDING_MS })) : undefined;
  const settings = {
    ...testSettings(databaseUrl, poolMax),
    internalSecret,
    provider: sandbox?.config,
    allowLoopback: options.allowLoopback ?? true,
    ...(options.engine === undefined ? {} : { engine: options.engine }),
  };
  const admin = opened.use(await startAdmin(settings, { logger: loggerOf('admin') }));
  const bus = fleet === undefined && openBus ? opened.use(await openBus(databaseUrl)) : undefined;
  const tracing = opened.use(await openTracing(traced(options.otlpEndpoint), 'gateway'));
  const notices = createPendingNotices();
  const registry = new Registry();
  const gatewaySide = { execution, internalSecret, logger: loggerOf('mesh'), tracing };
  const { graph, urls, announce } =
    fleet !== undefined
      ? await openGraphOver(opened, fleet.urls, gatewaySide)
      : topology === 'all-in-one' && execution !== 'stitched'
        ? await startGraphInProcess(opened, settings, { loggerOf, bus, tracing, registry, tellOwners: notices.tell })
        : await startGraphOfProcesses(opened, settings, { ...options, ...gatewaySide });
  opened.use(notices);
  const { run, read } = opened.use(openStatements({ program: 'gateway', databaseUrl, poolMax }));
  const mailFolder = opened.adopt(await mkdtemp(join(tmpdir(), 'portico-mail-')), (folder) => rm(folder, { recursive: true }));
  const config = gatewayConfig.parse({
    PORT: '0',
    INTERNAL_PORT: '0',
    SHUTDOWN_TIMEOUT_MS: '500',
    REDIS_URL: redisUrl,
    FAILED_AUTHENTICATIONS_PER_MINUTE,
    ...env,
  });
  const mail = { kind: 'folder', folder: mailFolder, from: 'test' } as const;
  const sides = opened.use(
    await admin.openSides(
      { ...PEOPLE, mail, trustedProxies: config.TRUSTED_PROXIES, pages: options.pages === true ? PAGES : {} },
      createGraphClient(graph),
    ),
  );
  const { tellOwners } = sides;
  notices.deliverTo(tellOwners);
  const gateway = opened.use(
    await startGateway(config, {
      graph,
      keySource: admin.keySource,
      tokens: admin.tokens,
      audit: audited ? admin.audit : NO_AUDIT,
      jwks: () => admin.jwks(),
      run,
      read,
      internalSecret,
      checks: { postgres: { required: true, check: () => databaseHealth(run, 'access') } },
      logger: loggerOf('gateway'),
      tracing,
      registry,
      ...(options.versions === undefined ? {} : { versions: options.versions }),
      mounts: {
        public: sides.mounts.developer,
        internal: [...sides.mounts.operator, noticeMount({ tellOwners, internalSecret, logger: loggerOf('admin') })],
      },
    }),
  );
  announce(gateway.internalUrl);
  sandbox?.sendCallbacksTo(gateway.publicUrl);
  const stack = opened.move();
  return {
    url: gateway.publicUrl,
    internalUrl: gateway.internalUrl,
    databaseUrl,
    metricsUrls: [gateway.internalUrl, ...Object.values(urls ?? {}).map((url) => new URL(url).origin)].map((url) => `${url}/metrics`),
    mailFolder,
    admin,
    graph,
    fleet: urls && { databaseUrl, internalSecret, urls },
    get sandbox() {
      if (sandbox === undefined) throw new Error('The payment provider belongs to the stack that the fleet was started with.');
      return sandbox;
    },
    flushTraces: tracing.flush,
    key: (options) => issueKey(admin, options),
    client: (options) => issueClient(admin, options),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** Every trace is kept. */
function traced(otlpEndpoint: string | undefined): TracingConfig {
  return { OTEL_EXPORTER_OTLP_ENDPOINT: otlpEndpoint, OTEL_SERVICE_NAME: undefined, OTEL_TRACES_SAMPLER_ARG: 1 };
}
