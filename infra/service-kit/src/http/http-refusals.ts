// One refusal for what does not reach the handler, and never a second answer to the same request. Answers under way on the connection go out
// first: a refusal in front of them would be taken for one of them.
import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { AppError, ERRORS } from '@portico/contracts/errors';

export type Refusal = { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string };
export type ToRefusal = (error: AppError) => Refusal;

export type Refuser = {
  /** Hears of what the server cannot parse or wait for. */
  attach(server: Server): void;
  /** To be told of every request before it is served. */
  answering(req: IncomingMessage, res: ServerResponse): void;
  isRefused(socket: Socket): boolean;
  /** Refuses a request that was parsed. */
  refuse(req: IncomingMessage, res: ServerResponse, error: AppError): void;
};

type Exchange = { readonly req: IncomingMessage; readonly res: ServerResponse };

/** How long a refused peer has to read its refusal; closing at once, with bytes of it unread, would make its system drop the answer. */
const LINGER_MS = 500;

export function createRefuser(toRefusal: ToRefusal = plainRefusal): Refuser {
  const last = new WeakMap<Duplex, Exchange>();
  const refused = new WeakSet<Duplex>();

  function refuseConnection(socket: Duplex, error: AppError): void {
    if (refused.has(socket)) return;
    refused.add(socket);
    const exchange = last.get(socket);
    const sayWhy = (): void => finish(socket, rawAnswer(toRefusal(error)));
    if (exchange === undefined) {
      sayWhy();
      return;
    }
    const { req, res } = exchange;
    if (req.complete) {
      // The fault is in what follows; the answer before it goes out first.
      if (res.writableFinished) sayWhy();
      else res.once('close', sayWhy);
    } else if (res.headersSent || res.socket === null) {
      // The rest of a request that has its answer, or that waits behind another one's.
      finish(socket, undefined);
    } else {
      // Once the socket is ended, nothing that the handler still writes can follow.
      sayWhy();
    }
  }

  function refuse(req: IncomingMessage, res: ServerResponse, error: AppError): void {
    refused.add(req.socket);
    const { status, headers, body } = toRefusal(error);
    res.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' });
    res.end(req.method === 'HEAD' ? undefined : body);
  }

  return {
    attach(server) {
      server.on('clientError', (cause: NodeJS.ErrnoException, socket) => {
        const error = errorOf(cause);
        if (error === undefined || !socket.writable) socket.destroy();
        else refuseConnection(socket, error);
      });
      server.on('connect', (_req, socket) => refuseConnection(socket, new AppError('VALIDATION_ERROR', 'This is not a proxy.')));
      // Without a listener Node answers by itself, without a body; requestFault says why.
      server.on('checkExpectation', (req, res) => server.emit('request', req, res));
    },
    answering: (req, res) => void last.set(req.socket, { req, res }),
    isRefused: (socket) => refused.has(socket),
    refuse,
  };
}

/** Undefined for a peer that went away, or that did not get as far as HTTP. */
function errorOf({ code = '' }: NodeJS.ErrnoException): AppError | undefined {
  if (code === 'HPE_HEADER_OVERFLOW') return new AppError('REQUEST_HEADERS_TOO_LARGE');
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') return new AppError('PAYLOAD_TOO_LARGE', 'The chunk extensions are too large.');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new AppError('REQUEST_TIMEOUT');
  return code.startsWith('HPE_') ? new AppError('VALIDATION_ERROR', 'The request is not valid HTTP.') : undefined;
}

function plainRefusal({ code, message }: AppError): Refusal {
  return {
    status: ERRORS[code].status,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({ error: { code, message, details: {} } }),
  };
}

function rawAnswer({ status, headers, body }: Refusal): string {
  const all = { ...headers, 'content-length': String(Buffer.byteLength(body)), connection: 'close' };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${body}`;
}

/** Says the last word on a connection, and does not wait for its peer to agree. */
function finish(socket: Duplex, text: string | undefined): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  if (text === undefined) socket.end();
  else socket.end(text);
  // What still comes is read and dropped.
  socket.resume();
  const linger = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(linger));
}
