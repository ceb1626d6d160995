// A node:http or node:https server with the limits that keep a slow or hostile peer from holding it, and a stop that lets what is under
// way end. What is not a proper request never reaches the handler: it gets one refusal, and its connection is closed.
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createDrain, type Drain } from './drain-server.ts';
import { createRefuser, type ToRefusal } from './http-refusals.ts';
import { requestFault } from './request-fault.ts';
import { readTlsFiles, type TlsFiles, watchTlsFiles } from './tls-files.ts';

export type ConnectionLimits = {
  /** A connection beyond these is closed as soon as it is accepted. */
  connectionsMax: number;
  /** From the connection, or the first byte of a later request, to the end of its headers. A TLS handshake gets the same. */
  headersTimeoutMs: number;
  /** From the first byte of a request to the last of its body. */
  requestTimeoutMs: number;
  /** How long a connection under way may be silent in both directions: ends a peer that does not read its answer. */
  silenceTimeoutMs: number;
};

export const CONNECTION_LIMITS: ConnectionLimits = {
  connectionsMax: 10_000,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  silenceTimeoutMs: 120_000,
};

export type ListenOptions = {
  host: string;
  port: number;
  shutdownTimeoutMs: number;
  handler: RequestListener;
  limits?: Partial<ConnectionLimits>;
  /** Serves https. */
  tls?: TlsFiles | undefined;
  /** What a request is told that does not reach the handler. */
  toRefusal?: ToRefusal;
};

/** `url` has no path. */
export type Listener = AsyncDisposable & Pick<Drain, 'announce'> & { readonly url: string };

const HEADER_BYTES_MAX = 16_384;
/** Longer than the usual 60 s of proxies and of our own clients: a connection closed under a request would look like an outage. */
const KEEP_ALIVE_TIMEOUT_MS = 72_000;
/** How late a deadline may be noticed. Node's own default is 30 s, three times the deadline for headers. */
const DEADLINE_CHECK_MS_MAX = 1_000;
const TLS_MIN = 'TLSv1.2';

export async function listen(options: ListenOptions): Promise<Listener> {
  const limits = { ...CONNECTION_LIMITS, ...options.limits };
  await using opened = new AsyncDisposableStack();
  const refuser = createRefuser(options.toRefusal);
  const server = await createListener(opened, options.tls, limits, (req, res) => {
    // What comes after a refused request on the same connection may be a part of it; nobody can tell.
    if (refuser.isRefused(req.socket)) return;
    drain.answering(req, res);
    refuser.answering(req, res);
    const fault = requestFault(req);
    if (fault === undefined) options.handler(req, res);
    else refuser.refuse(req, res, fault);
  });
  server.maxConnections = limits.connectionsMax;
  server.timeout = limits.silenceTimeoutMs;
  // All headers are read: those beyond a count that Node leaves out could say where the body ends. requestFault counts them.
  server.maxHeadersCount = 0;
  refuser.attach(server);
  const drain = createDrain(server);
  await startListening(server, options);
  opened.defer(() => drain.drain(options.shutdownTimeoutMs));
  const { port } = server.address() as AddressInfo;
  const running = opened.move();
  const scheme = options.tls === undefined ? 'http' : 'https';
  const url = `${scheme}://${hostInUrl(options.host)}:${port}`;
  return { url, announce: drain.announce, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

async function createListener(
  opened: AsyncDisposableStack,
  tls: TlsFiles | undefined,
  limits: ConnectionLimits,
  handler: RequestListener,
): Promise<Server> {
  const { headersTimeoutMs, requestTimeoutMs } = limits;
  const settings = {
    maxHeaderSize: HEADER_BYTES_MAX,
    headersTimeout: headersTimeoutMs,
    requestTimeout: requestTimeoutMs,
    connectionsCheckingInterval: Math.min(DEADLINE_CHECK_MS_MAX, Math.ceil(headersTimeoutMs / 4), Math.ceil(requestTimeoutMs / 4)),
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    // Checked by requestFault, which answers with a body.
    requireHostHeader: false,
  };
  if (tls === undefined) return createServer(settings, handler);
  const pair = await readTlsFiles(tls);
  const server = createTlsServer({ ...settings, ...pair, minVersion: TLS_MIN, handshakeTimeout: headersTimeoutMs }, handler);
  opened.use(watchTlsFiles(tls, pair, (next) => server.setSecureContext({ ...next, minVersion: TLS_MIN })));
  return server;
}

function startListening(server: Server, { host, port }: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function hostInUrl(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
