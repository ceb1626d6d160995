import { connect, createServer, type Socket } from 'node:net';

export type Between = AsyncDisposable & {
  /** The database's URL, through here. */
  readonly url: string;
  /** Of the next connection on which `first` was sent, the answer to `then` is lost, and the connection with it. PostgreSQL did what it was told. */
  loseAnswer(first: string, then: string): void;
  /** Whether an answer was lost since. */
  readonly hasLost: boolean;
  /** Nothing comes through the connections that there are, and nobody is told. New ones work. */
  freeze(): void;
  /** Ends all connections. */
  cut(): void;
  /** Ends all connections and refuses new ones. */
  goAway(): void;
  /** Takes connections again. */
  comeBack(): void;
};

/** Stands between a program and PostgreSQL, so that what a network does can be done to the one and not to the other. */
export async function standBetween(databaseUrl: string): Promise<Between> {
  const url = new URL(databaseUrl);
  const { hostname, port } = url;
  const sockets = new Set<Socket>();
  /** What was sent on each connection since something was wanted. */
  const sent = new Map<Socket, string>();
  let wanted: readonly [first: string, then: string] | undefined;
  let hasLost = false;
  let isAway = false;

  const server = createServer((near) => {
    if (isAway) return void near.resetAndDestroy();
    const far = connect(Number(port || 5432), hostname);
    let loses = false;
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one
        .on('error', () => {})
        .once('close', () => {
          sockets.delete(one);
          other.destroy();
        });
    }
    near.on('data', (bytes) => {
      if (wanted !== undefined) {
        const text = (sent.get(near) ?? '') + bytes.toString('latin1');
        sent.set(near, text);
        const from = text.indexOf(wanted[0]);
        loses = from >= 0 && text.includes(wanted[1], from);
        if (loses) wanted = undefined;
      }
      far.write(bytes);
    });
    far.on('data', (bytes) => {
      if (!loses) return void near.write(bytes);
      hasLost = true;
      far.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  url.hostname = '127.0.0.1';
  url.port = String(address.port);
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: url.href,
    loseAnswer(first, then) {
      hasLost = false;
      sent.clear();
      wanted = [first, then];
    },
    get hasLost() {
      return hasLost;
    },
    freeze() {
      for (const socket of sockets) socket.removeAllListeners('data').pause();
    },
    cut,
    goAway() {
      isAway = true;
      cut();
    },
    comeBack() {
      isAway = false;
    },
    async [Symbol.asyncDispose]() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
