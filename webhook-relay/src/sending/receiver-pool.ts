// Connections to one receiver. Undici's pool does not say which connection a request went over, so each of its clients notes how its own came to be.
import { isIP, Socket } from 'node:net';
import { type buildConnector, Client, type Dispatcher, Pool } from 'undici';

/** How a connection came to be. Times by `performance.now()`. */
export type Connection = {
  readonly openedAtMs: number;
  /** Whether its host is a name, which has to be resolved first. */
  readonly named: boolean;
  /** Whether requests can go over it: TLS, where there is TLS, included. */
  ready: boolean;
  resolvedAtMs?: number;
  connectedAtMs?: number;
  securedAtMs?: number;
  remoteAddress?: string;
};

/** Takes the events of an exchange, and is told which client carries it. */
export type ExchangeHandler = Dispatcher.DispatchHandler & { carrier?: { readonly connection: Connection | undefined } };

export type ReceiverPoolOptions = {
  readonly connector: buildConnector.connector;
  readonly maxConnections: number;
  readonly maxHeaderBytes: number;
  /** How long a connection lives, idle or busy: then the name is resolved, and its address judged, anew. */
  readonly connectionLifeMs: number;
  readonly now: () => number;
};

export function createReceiverPool(origin: string, options: ReceiverPoolOptions): Pool {
  return new Pool(origin, {
    connections: options.maxConnections,
    pipelining: 1,
    allowH2: false,
    maxHeaderSize: options.maxHeaderBytes,
    keepAliveTimeout: Math.min(KEEP_ALIVE_MS, options.connectionLifeMs),
    keepAliveMaxTimeout: options.connectionLifeMs,
    clientTtl: options.connectionLifeMs,
    // One deadline over everything is the caller's: undici's own two begin anew with every chunk.
    headersTimeout: 0,
    bodyTimeout: 0,
    factory: (url, given) => new ReceiverClient(url, given, options),
  });
}

/** Under the 5 s that many servers wait before they close an idle connection. */
const KEEP_ALIVE_MS = 4_000;

class ReceiverClient extends Client {
  connection: Connection | undefined;

  constructor(url: URL, given: Client.Options, { connector, now }: ReceiverPoolOptions) {
    super(url, {
      ...given,
      connect: (to, callback) => {
        const connection: Connection = { openedAtMs: now(), named: isIP(to.hostname.replace(/^\[|\]$/g, '')) === 0, ready: false };
        this.connection = connection;
        const opened: buildConnector.Callback = (...result) => {
          connection.ready = result[0] === null;
          callback(...result);
        };
        watch(connector(to, opened), connection, now);
      },
    });
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: ExchangeHandler): boolean {
    handler.carrier = this;
    return super.dispatch(options, handler);
  }
}

/** Undici's connector gives its socket back at once, which its types do not say. */
function watch(socket: unknown, connection: Connection, now: () => number): void {
  if (!(socket instanceof Socket)) return;
  socket
    .once('lookup', () => {
      connection.resolvedAtMs = now();
    })
    .once('connect', () => {
      connection.connectedAtMs = now();
      if (socket.remoteAddress !== undefined) connection.remoteAddress = socket.remoteAddress;
    })
    .once('secureConnect', () => {
      connection.securedAtMs = now();
    });
}
