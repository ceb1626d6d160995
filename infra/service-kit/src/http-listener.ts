// A node:http server with the limits that keep a slow or hostile peer from holding it, and a stop that lets what is under way end.
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

const HEADER_BYTES_MAX = 16_384;
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const IDLE_CHECK_MS = 20;
/** Longer than the usual 60 s of proxies and of our own clients: a connection closed under a request would look like an outage. */
const KEEP_ALIVE_TIMEOUT_MS = 72_000;
const BAD_REQUEST = Buffer.from(
  'HTTP/1.1 400 Bad Request\r\ncontent-type: application/json; charset=utf-8\r\nconnection: close\r\n\r\n' +
    '{"error":{"code":"VALIDATION_ERROR","message":"The request is not valid HTTP.","details":{}}}',
);

/** `url` has no path. */
export type Listener = AsyncDisposable & { readonly url: string };

export async function listen(options: {
  host: string;
  port: number;
  shutdownTimeoutMs: number;
  handler: RequestListener;
}): Promise<Listener> {
  const server = createServer(
    {
      maxHeaderSize: HEADER_BYTES_MAX,
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    },
    options.handler,
  );
  server.on('clientError', (_error, socket: Socket) => {
    if (socket.writable) socket.end(BAD_REQUEST);
    else socket.destroy();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://${hostInUrl(options.host)}:${port}`, [Symbol.asyncDispose]: () => close(server, options.shutdownTimeoutMs) };
}

function hostInUrl(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}

/** Stops accepting, lets answers under way go out, and cuts what is left when the time is up. */
function close(server: Server, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timeout = setTimeout(() => server.closeAllConnections(), timeoutMs);
    // A connection whose request was under way is idle once it is answered, and would stay open as long as its peer likes.
    const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
    server.close(() => {
      clearTimeout(timeout);
      clearInterval(idle);
      resolve();
    });
    server.closeIdleConnections();
  });
}
