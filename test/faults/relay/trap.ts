// Sees whoever comes: a listener on both loopback addresses, and every attempt of this process to connect to its port, whatever the address.
import { once } from 'node:events';
import { createServer, type Server, Socket } from 'node:net';

export type Trap = AsyncDisposable & {
  readonly port: number;
  /** Connections that came in. */
  connections(): number;
  /** Addresses that this process began to connect to, at that port. */
  attempted(): readonly string[];
};

export async function startTrap(): Promise<Trap> {
  let connections = 0;
  const open = async (port: number, host: string): Promise<Server> => {
    const server = createServer((socket) => {
      connections += 1;
      socket.on('error', () => {}).destroy();
    });
    await once(server.listen(port, host), 'listening');
    return server;
  };
  const first = await open(0, '127.0.0.1');
  const { port } = first.address() as { port: number };
  // A machine without IPv6 has nothing that could be reached there.
  const servers = [
    first,
    ...(await open(port, '::1').then(
      (one) => [one],
      () => [],
    )),
  ];
  const attempted: string[] = [];
  const { connect } = Socket.prototype;
  Socket.prototype.connect = function (this: Socket, ...given: unknown[]) {
    this.on('connectionAttempt', (address: string, to: number) => {
      if (to === port) attempted.push(address);
    });
    return Reflect.apply(connect, this, given);
  };
  return {
    port,
    connections: () => connections,
    attempted: () => attempted,
    async [Symbol.asyncDispose]() {
      Socket.prototype.connect = connect;
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}
