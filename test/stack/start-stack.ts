// The whole platform for a test or a benchmark: on a database of its own, on free ports, in either topology.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Admin, start as startAdmin } from '@portico/admin-server/server';
import type { Mode } from '@portico/contracts/caller';
import { openStatements } from '@portico/local/start/open-statements';
import { type SubgraphName, startSubgraphs } from '@portico/local/start/start-subgraphs';
import { type SignatureScheme, signRequest } from '@portico/mesh/access/sign-request';
import { gatewayConfig } from '@portico/mesh/config';
import { type Graph, openGraph } from '@portico/mesh/graph/open-graph';
import { supergraphFile } from '@portico/mesh/graph/subgraph-schemas';
import { start as startGateway } from '@portico/mesh/server';
import { createTestDatabase, silentLogger, TEST_BLIND_INDEX_KEY, TEST_SECRET_KEYS } from '@portico/service-kit/testing';
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
};

export type KeyOptions = {
  account?: string;
  mode?: Mode;
  scopes?: string[];
  signatures?: SignatureScheme[];
  allowedAddresses?: string[];
  lifetimeMs?: number;
};
export type Key = { id: string; key: string; secret: string; accountId: string };

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
  /** Where letters to people end. */
  readonly mailFolder: string;
  readonly admin: Admin;
  readonly graph: Graph;
  /** A key of a new account, or of the account with this name. */
  key(options?: KeyOptions): Promise<Key>;
};

/** Tests sign in more often in a minute than people do, and the addresses in their letters are not opened. */
const PEOPLE = { portalOrigin: 'http://portal.test', consoleOrigin: 'http://console.test', triesPerMinute: 1_000 };

export async function startStack({ topology, databaseUrl: given, execution, poolMax = 10, env = {} }: StackOptions): Promise<Stack> {
  await using opened = new AsyncDisposableStack();
  const databaseUrl = given ?? opened.use(await createTestDatabase()).url;
  const internalSecret = randomBytes(24).toString('hex');
  const settings = { databaseUrl, poolMax, secretKeys: TEST_SECRET_KEYS, blindIndexKey: TEST_BLIND_INDEX_KEY, internalSecret };
  const admin = opened.use(await startAdmin(settings, { logger: silentLogger }));
  const graph =
    topology === 'all-in-one' && execution !== 'stitched' ? await inProcess(opened, settings) : await overHttp(opened, settings, execution);
  const { run } = opened.use(openStatements({ program: 'gateway', databaseUrl, poolMax }));
  const mailFolder = opened.adopt(await mkdtemp(join(tmpdir(), 'portico-mail-')), (folder) => rm(folder, { recursive: true }));
  const sides = opened.use(await admin.openSides({ ...PEOPLE, mail: { kind: 'folder', folder: mailFolder, from: 'test' } }));
  const gateway = opened.use(
    await startGateway(gatewayConfig.parse({ PORT: '0', INTERNAL_PORT: '0', SHUTDOWN_TIMEOUT_MS: '500', ...env }), {
      graph: graph.current,
      keySource: admin.keySource,
      jwks: () => admin.jwks(),
      run,
      internalSecret,
      checks: { postgres: { required: true, check: () => run('select 1', []).then(() => ({ status: 'up' as const })) } },
      logger: silentLogger,
      mounts: { public: [sides.mounts.developer], internal: [sides.mounts.operator] },
    }),
  );
  await graph.reachable(gateway.internalUrl);
  const stack = opened.move();
  return {
    url: gateway.publicUrl,
    internalUrl: gateway.internalUrl,
    databaseUrl,
    mailFolder,
    admin,
    graph: graph.current,
    key: (options) => issueKey(admin, options),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

type Settings = { databaseUrl: string; poolMax: number; secretKeys: string; blindIndexKey: string; internalSecret: string };
type StartedGraph = { current: Graph; reachable(internalUrl: string): Promise<void> };

async function inProcess(opened: AsyncDisposableStack, settings: Settings): Promise<StartedGraph> {
  const { graph } = opened.use(await startSubgraphs(settings, () => silentLogger));
  return { current: graph, reachable: () => Promise.resolve() };
}

/** Every subgraph in a process of its own. They ask the graph at an address that is known only when the gateway listens, so it is told late. */
async function overHttp(opened: AsyncDisposableStack, settings: Settings, execution: StackOptions['execution']): Promise<StartedGraph> {
  const processes = opened.use(await startSubgraphProcesses(settings));
  const graph = await openGraph({
    supergraphSdl: readFileSync(supergraphFile, 'utf8'),
    subgraphs: Object.fromEntries(
      (Object.keys(processes.urls) as SubgraphName[]).map((name) => [name, { kind: 'http', url: processes.urls[name] }]),
    ),
    internalSecret: settings.internalSecret,
    requestTimeoutMs: 5_000,
    logger: silentLogger,
    execution,
  });
  opened.use(graph);
  return { current: graph, reachable: processes.forwardGraphTo };
}

async function issueKey(admin: Admin, options: KeyOptions = {}): Promise<Key> {
  const { account = `t-${randomBytes(6).toString('hex')}`, mode = 'test', scopes = ['read', 'write'], ...settings } = options;
  const { id: accountId } = await admin.accounts.find(account).catch(() => admin.accounts.create({ slug: account, name: account }));
  return { accountId, ...(await admin.apiKeys.create(accountId, { name: 'test', mode, scopes, ...settings })) };
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
