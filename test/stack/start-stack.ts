// The whole platform for a test or a benchmark: on a database of its own, on free ports, in either topology.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noticeMount } from '@portico/admin-server/notices/notice-mount';
import { type Admin, start as startAdmin } from '@portico/admin-server/server';
import type { AuditSink } from '@portico/contracts/audit';
import type { Mode } from '@portico/contracts/caller';
import type { RateLimit, Tier } from '@portico/contracts/tiers';
import { openStatements } from '@portico/local/start/open-statements';
import { createPendingNotices } from '@portico/local/start/pending-notices';
import { type SubgraphName, type SubgraphSurroundings, startSubgraphs } from '@portico/local/start/start-subgraphs';
import { type SignatureScheme, signRequest } from '@portico/mesh/access/sign-request';
import { gatewayConfig } from '@portico/mesh/config';
import { createGraphClient, type Graph, openGraph } from '@portico/mesh/graph/open-graph';
import { supergraphFile } from '@portico/mesh/graph/subgraph-schemas';
import { start as startGateway } from '@portico/mesh/server';
import type { PaymentsSettings } from '@portico/payments/server';
import type { EventBus } from '@portico/service-kit/bus/event-bus';
import type { Logger } from '@portico/service-kit/logger';
import { createTestDatabase, silentLogger, TEST_BLIND_INDEX_KEY, TEST_SECRET_KEYS } from '@portico/service-kit/testing';
import { openTracing, type TracingConfig } from '@portico/service-kit/tracing/open-tracing';
import type { Tracing } from '@portico/service-kit/tracing/tracing';
import type { EngineSettings } from '@portico/webhook-relay/engine/start-engine';
import { Registry } from 'prom-client';
import { FAILED_AUTHENTICATIONS_PER_MINUTE, OUT_OF_REACH } from './out-of-reach.ts';
import { startTestSandbox, type TestSandbox } from './start-test-sandbox.ts';
import { startSubgraphProcesses } from './subgraph-processes.ts';

export type Topology = 'all-in-one' | 'distributed';
export const TOPOLOGIES: readonly Topology[] = ['all-in-one', 'distributed'];

export type StackOptions = {
  topology: Topology;
  /** An existing database; a new one that goes with the stack otherwise. */
  databaseUrl?: string;
  execution?: 'compiled' | 'stitched';
  /** Connections per program. */
  poolMax?: number;
  env?: Readonly<Record<string, string>>;
  /** Limits hold across the stacks that share it. */
  redisUrl?: string;
  /** Carries the events of the subgraphs in this process. Without it they wait in their outboxes; those in processes of their own have one. */
  openBus?: (databaseUrl: string) => Promise<EventBus>;
  /** False as in production: webhooks go to public addresses alone. */
  allowLoopback?: boolean;
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

export type KeyOptions = {
  account?: string;
  mode?: Mode;
  scopes?: string[];
  signatures?: SignatureScheme[];
  allowedAddresses?: string[];
  lifetimeMs?: number;
  tier?: Tier;
  /** Far out of reach by default; null for the tier's. */
  quota?: RateLimit | null;
  burst?: RateLimit | null;
};
export type Key = { id: string; key: string; secret: string; accountId: string };

export type Client = { accountId: string; clientId: string; clientSecret: string };

export type Reply = { status: number; headers: Headers; body: never; text: string };
export type RequestOptions = {
  body?: unknown;
  headers?: Readonly<Record<string, string>>;
  scheme?: SignatureScheme;
  key?: Key;
  nowMs?: number;
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
  /** What the payment provider was told and did, by its own books. */
  readonly sandbox: TestSandbox;
  /** Sends the spans of the programs in this process; those in others send theirs every second. */
  flushTraces(): Promise<void>;
  /** A key of a new account, or of the account with this name. */
  key(options?: KeyOptions): Promise<Key>;
  /** An OAuth client, likewise. */
  client(options?: Pick<KeyOptions, 'account' | 'mode' | 'scopes'>): Promise<Client>;
};

const NO_AUDIT: AuditSink = { record: () => {}, flush: () => Promise.resolve(), dropped: 0 };

/** Tests sign in more often in a minute than people do, and the addresses in their letters are not opened. */
const PEOPLE = { portalOrigin: 'http://portal.test', consoleOrigin: 'http://console.test', triesPerMinute: 1_000 };

export async function startStack(options: StackOptions): Promise<Stack> {
  const {
    topology,
    databaseUrl: given,
    execution,
    poolMax = 10,
    env = {},
    redisUrl,
    openBus,
    audited = true,
    loggerOf = () => silentLogger,
  } = options;
  await using opened = new AsyncDisposableStack();
  const databaseUrl = given ?? opened.use(await createTestDatabase()).url;
  const internalSecret = randomBytes(24).toString('hex');
  const sandbox = opened.use(await startTestSandbox(loggerOf('sandbox-provider')));
  const settings = {
    databaseUrl,
    poolMax,
    secretKeys: TEST_SECRET_KEYS,
    blindIndexKey: TEST_BLIND_INDEX_KEY,
    internalSecret,
    provider: sandbox.config,
    allowLoopback: options.allowLoopback ?? true,
    ...(options.engine === undefined ? {} : { engine: options.engine }),
  };
  const admin = opened.use(await startAdmin(settings, { logger: loggerOf('admin') }));
  const bus = openBus && opened.use(await openBus(databaseUrl));
  const tracing = opened.use(await openTracing(traced(options.otlpEndpoint), 'gateway'));
  const notices = createPendingNotices();
  const registry = new Registry();
  const graph =
    topology === 'all-in-one' && execution !== 'stitched'
      ? await inProcess(opened, settings, { loggerOf, bus, tracing, registry, tellOwners: notices.tell })
      : await overHttp(opened, settings, options, tracing);
  opened.use(notices);
  const { run } = opened.use(openStatements({ program: 'gateway', databaseUrl, poolMax }));
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
    await admin.openSides({ ...PEOPLE, mail, trustedProxies: config.TRUSTED_PROXIES }, createGraphClient(graph.current)),
  );
  const { tellOwners } = sides;
  notices.deliverTo(tellOwners);
  const gateway = opened.use(
    await startGateway(config, {
      graph: graph.current,
      keySource: admin.keySource,
      tokens: admin.tokens,
      audit: audited ? admin.audit : NO_AUDIT,
      jwks: () => admin.jwks(),
      run,
      internalSecret,
      checks: { postgres: { required: true, check: () => run('select 1', []).then(() => ({ status: 'up' as const })) } },
      logger: loggerOf('gateway'),
      tracing,
      registry,
      mounts: {
        public: [sides.mounts.developer],
        internal: [sides.mounts.operator, noticeMount({ tellOwners, internalSecret, logger: loggerOf('admin') })],
      },
    }),
  );
  await graph.reachable(gateway.internalUrl);
  sandbox.sendCallbacksTo(gateway.publicUrl);
  const stack = opened.move();
  return {
    url: gateway.publicUrl,
    internalUrl: gateway.internalUrl,
    databaseUrl,
    metricsUrls: [gateway.internalUrl, ...graph.processes].map((url) => `${url}/metrics`),
    mailFolder,
    admin,
    graph: graph.current,
    sandbox,
    flushTraces: tracing.flush,
    key: (options) => issueKey(admin, options),
    client: (options) => issueClient(admin, options),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

type Settings = PaymentsSettings & { internalSecret: string; allowLoopback: boolean };
type StartedGraph = {
  current: Graph /** Where other processes listen. */;
  processes: string[];
  reachable(internalUrl: string): Promise<void>;
};

async function inProcess(opened: AsyncDisposableStack, settings: Settings, surroundings: SubgraphSurroundings): Promise<StartedGraph> {
  const { graph } = opened.use(await startSubgraphs(settings, surroundings));
  return { current: graph, processes: [], reachable: () => Promise.resolve() };
}

/** Every subgraph in a process of its own. They ask the graph at an address that is known only when the gateway listens, so it is told late. */
async function overHttp(opened: AsyncDisposableStack, settings: Settings, options: StackOptions, tracing: Tracing): Promise<StartedGraph> {
  const { execution, onOutput, otlpEndpoint, loggerOf = () => silentLogger } = options;
  const processes = opened.use(await startSubgraphProcesses(settings, { onOutput, otlpEndpoint }));
  const graph = await openGraph({
    supergraphSdl: readFileSync(supergraphFile, 'utf8'),
    subgraphs: Object.fromEntries(
      (Object.keys(processes.urls) as SubgraphName[]).map((name) => [name, { kind: 'http', url: processes.urls[name] }]),
    ),
    internalSecret: settings.internalSecret,
    requestTimeoutMs: 5_000,
    logger: loggerOf('mesh'),
    tracing,
    execution,
  });
  opened.use(graph);
  const listeners = Object.values(processes.urls).map((url) => new URL(url).origin);
  return { current: graph, processes: listeners, reachable: processes.forwardGraphTo };
}

/** Every trace is kept. */
function traced(otlpEndpoint: string | undefined): TracingConfig {
  return { OTEL_EXPORTER_OTLP_ENDPOINT: otlpEndpoint, OTEL_SERVICE_NAME: undefined, OTEL_TRACES_SAMPLER_ARG: 1 };
}

async function ensureAccount(admin: Admin, slug: string): Promise<string> {
  return (await admin.accounts.find(slug).catch(() => admin.accounts.create({ slug, name: slug }))).id;
}

async function issueKey(admin: Admin, options: KeyOptions = {}): Promise<Key> {
  const { account = `t-${randomBytes(6).toString('hex')}`, mode = 'test', scopes = ['read', 'write'], ...settings } = options;
  const accountId = await ensureAccount(admin, account);
  return { accountId, ...(await admin.apiKeys.create(accountId, { name: 'test', mode, scopes, ...OUT_OF_REACH, ...settings })) };
}

async function issueClient(admin: Admin, options: Pick<KeyOptions, 'account' | 'mode' | 'scopes'> = {}): Promise<Client> {
  const { account = `t-${randomBytes(6).toString('hex')}`, mode = 'test', scopes = ['read', 'write'] } = options;
  const accountId = await ensureAccount(admin, account);
  return { accountId, ...(await admin.oauthClients.create(accountId, { name: 'test', mode, scopes })) };
}

/** Sends a signed request and reads the answer. v2 by default, so that equal requests within a second have different signatures by their path. */
export async function send(stack: Pick<Stack, 'url'>, method: string, target: string, options: RequestOptions = {}): Promise<Reply> {
  const { body, headers = {}, scheme = 'v2', key, nowMs = Date.now() } = options;
  const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
  const signature =
    key === undefined ? {} : signRequest({ method, target, body: text ?? '', key: key.key, secret: key.secret, scheme, nowMs });
  const type: Record<string, string> = text === undefined ? {} : { 'content-type': 'application/json' };
  const response = await fetch(stack.url + target, { method, body: text ?? null, headers: { ...type, ...signature, ...headers } });
  const answered = await response.text();
  const json = response.headers.get('content-type')?.startsWith('application/json') === true && answered !== '';
  return { status: response.status, headers: response.headers, text: answered, body: (json ? JSON.parse(answered) : undefined) as never };
}
