// For tests: a receiver that does with each connection what the test says, byte by byte.
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

export type Receiver = AsyncDisposable & {
  readonly port: number;
  /** `http://127.0.0.1:port/hook`, https for a receiver with a certificate. */
  readonly url: string;
  /** TCP connections accepted so far. */
  readonly connections: () => number;
  /** Requests whose headers came in whole, as text. */
  readonly requests: readonly string[];
};

/** Called for each request, once its headers are in. */
export type Answer = (socket: Socket, request: string) => void;

export async function startReceiver(answer: Answer, tls?: { key: Buffer; cert: Buffer }): Promise<Receiver> {
  const requests: string[] = [];
  let connections = 0;
  const serve = (socket: Socket): void => {
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      const request = wholeRequest(text);
      if (request === undefined) return;
      requests.push(request);
      text = text.slice(request.length);
      answer(socket, request);
    });
  };
  const server =
    tls === undefined
      ? createServer({ allowHalfOpen: true }, serve)
      : createTlsServer(tls, (socket) => serve(socket.on('error', () => {})));
  server.on('connection', () => connections++);
  const listening = await listen(server);
  return {
    ...listening,
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${listening.port}/hook`,
    connections: () => connections,
    requests,
  };
}

/** A port that does with a connection what the test says, before anything is read. */
export function startDoor(open: (socket: Socket) => void): Promise<Listening> {
  return listen(createServer(open));
}

type Listening = AsyncDisposable & { readonly port: number };

async function listen(server: Server): Promise<Listening> {
  const sockets = new Set<Socket>();
  // What a receiver sees when we drop its connection is no failure of the test.
  server.on('connection', (socket) => sockets.add(socket.on('error', () => {}).once('close', () => sockets.delete(socket))));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The receiver has no port.');
  return {
    port: address.port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The first request in `text` with its body, or undefined while something of it is missing. */
function wholeRequest(text: string): string | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const length = Number(/^content-length: (\d+)/im.exec(text.slice(0, end))?.[1] ?? 0);
  const total = end + 4 + length;
  return text.length < total ? undefined : text.slice(0, total);
}

/** A complete response. */
export function response(status: number, headers: Readonly<Record<string, string>> = {}, body: string | Buffer = ''): Buffer {
  const fields = { 'content-length': String(body.length), ...headers };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status} Status\r\n${lines.join('')}\r\n`), Buffer.from(body)]);
}
