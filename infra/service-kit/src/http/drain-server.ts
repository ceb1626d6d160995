// The stop of a server: nobody new comes in, answers under way go out whole, and each says that it is the last one on its connection.
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';

export type Drain = {
  /** To be told of every request before it is served. */
  answering(req: IncomingMessage, res: ServerResponse): void;
  /** From now on each answer says that it is the last one on its connection; everybody still gets one. */
  announce(): void;
  /** Stops accepting, lets answers under way go out, and cuts what is left when the time is up. */
  drain(timeoutMs: number): Promise<void>;
};

const IDLE_CHECK_MS = 20;

export function createDrain(server: Server): Drain {
  const sockets = trackSockets(server);
  /** The newest answer of each connection that is open, be it over or not. */
  const newest = new Map<Socket, ServerResponse>();
  let draining = false;

  /** Node takes a connection for idle once its answer was handed over, though its peer may still be reading it. */
  function closeIdle(): void {
    for (const { writableEnded, writableFinished } of newest.values()) if (writableEnded && !writableFinished) return;
    server.closeIdleConnections();
  }

  function announce(): void {
    draining = true;
    // A peer that is not told sends its next request into a connection that is just being closed.
    for (const res of newest.values()) res.shouldKeepAlive = false;
  }

  return {
    announce,
    answering({ socket }, res) {
      const before = newest.get(socket);
      if (before === undefined) socket.once('close', () => newest.delete(socket));
      newest.set(socket, res);
      if (!draining) return;
      // Of requests that were sent without waiting for answers only the newest has the last one.
      if (before?.headersSent === false) before.shouldKeepAlive = true;
      res.shouldKeepAlive = false;
    },
    drain(timeoutMs) {
      announce();
      return new Promise((resolve) => {
        const timeout = setTimeout(() => {
          for (const socket of sockets) socket.destroy();
        }, timeoutMs);
        // An answer whose head was sent before the stop leaves an idle connection, which would stay open as long as its peer likes.
        const idle = setInterval(closeIdle, IDLE_CHECK_MS);
        // HTTP's own `close` closes idle connections by itself, those too that are none yet; in the end it lets go of the server's timer.
        NetServer.prototype.close.call(server, () => {
          clearTimeout(timeout);
          clearInterval(idle);
          server.close();
          resolve();
        });
        closeIdle();
      });
    },
  };
}

/** The server itself knows only connections that got as far as HTTP, not those in the middle of a TLS handshake. */
function trackSockets(server: Server): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return sockets;
}
