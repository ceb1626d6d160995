import { type ChildProcess, fork } from 'node:child_process';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SubgraphName } from '@portico/local/start/start-subgraphs';
import { SUBGRAPHS, subgraphFolder } from '@portico/mesh/graph/subgraph-schemas';
import type { PaymentsSettings } from '@portico/payments/server';

export type SubgraphProcesses = AsyncDisposable & {
  readonly urls: Readonly<Record<SubgraphName, string>>;
  /** From now on the subgraphs' questions to the graph go here. */
  forwardGraphTo(internalUrl: string): Promise<void>;
};

type Settings = PaymentsSettings & { secretKeys: string; internalSecret: string; allowLoopback: boolean };

/** Starts the subgraphs as processes, as `npm start -- subgraph <name>` would, and the relay among them. With `onOutput` they log everything, and only to it. */
export async function startSubgraphProcesses(
  settings: Settings,
  { onOutput, otlpEndpoint }: { onOutput?: ((text: string) => void) | undefined; otlpEndpoint?: string | undefined } = {},
): Promise<SubgraphProcesses> {
  await using opened = new AsyncDisposableStack();
  // A subgraph must know the graph's address before the gateway that serves it has one: this stands at a fixed address in between.
  const forwarder = opened.use(await startForwarder());
  const env = {
    ...process.env,
    ...providerEnvironment(settings.provider),
    DATABASE_URL: settings.databaseUrl,
    DATABASE_POOL_MAX: String(settings.poolMax),
    SECRET_KEYS: settings.secretKeys,
    BLIND_INDEX_KEY: settings.blindIndexKey,
    INTERNAL_SECRET: settings.internalSecret,
    GRAPH_URL: `${forwarder.url}/graphql`,
    PORT: '0',
    RELAY_ALLOW_LOOPBACK: String(settings.allowLoopback),
    // Not the machine's, whatever its environment says.
    NATS_URL: '',
    OTEL_EXPORTER_OTLP_ENDPOINT: otlpEndpoint ?? '',
    LOG_LEVEL: onOutput === undefined ? 'error' : 'debug',
  };
  const started = await Promise.all(
    SUBGRAPHS.map(async (name) => {
      const child = fork(new URL(`../../../${subgraphFolder(name)}/src/main.ts`, import.meta.url), {
        env,
        stdio: onOutput === undefined ? ['ignore', 'inherit', 'inherit', 'ipc'] : ['ignore', 'pipe', 'pipe', 'ipc'],
      });
      for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', onOutput ?? (() => {}));
      opened.defer(() => stop(child));
      return [name, await listeningUrl(child, name)] as const;
    }),
  );
  const running = opened.move();
  return {
    urls: Object.fromEntries(started) as Record<SubgraphName, string>,
    forwardGraphTo: async (internalUrl) => forwarder.forwardTo(internalUrl),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function listeningUrl(child: ChildProcess, name: string): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`The subgraph ${name} ended with ${code} before it listened.`)));
    child.on('message', (message) => {
      if (typeof message === 'object' && message !== null && 'url' in message && typeof message.url === 'string') resolve(message.url);
    });
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

async function startForwarder(): Promise<AsyncDisposable & { url: string; forwardTo(url: string): void }> {
  let target: string | undefined;
  const server = createServer((incoming, outgoing) => {
    if (target === undefined) return void outgoing.writeHead(503).end();
    const forwarded = httpRequest(target + (incoming.url ?? ''), { method: incoming.method, headers: incoming.headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    forwarded.on('error', () => outgoing.destroy());
    incoming.pipe(forwarded);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    forwardTo(url) {
      target = url;
    },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function providerEnvironment(provider: PaymentsSettings['provider']): Record<string, string> {
  return Object.fromEntries(Object.entries(provider ?? {}).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])));
}
