// Balances connections, not requests, as a Kubernetes service does: a new one goes to a process that says it is ready, and stays there.
import { get } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export type Balancer = AsyncDisposable & {
  readonly url: string;
  /** Resolves when the process at this address is sent connections. */
  add(url: string): Promise<void>;
};

const LOOK_MS = 200;

/** `readyPath`: answers 200 while a process is ready. */
export async function startBalancer(readyPath: string): Promise<Balancer> {
  const ready = new Map<string, boolean>();
  const sockets = new Set<Socket>();
  let turn = 0;
  const server = createServer((incoming) => {
    const targets = [...ready].filter(([, isReady]) => isReady).map(([url]) => new URL(url));
    turn += 1;
    const target = targets[turn % targets.length];
    if (target === undefined) return void incoming.destroy();
    const outgoing = connect(Number(target.port), target.hostname);
    for (const [from, to] of [
      [incoming, outgoing],
      [outgoing, incoming],
    ] as const) {
      sockets.add(from);
      from.once('close', () => sockets.delete(from)).on('error', () => to.destroy());
      from.pipe(to);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const looking = setInterval(() => {
    for (const url of ready.keys()) isReady(url + readyPath).then((answer) => ready.has(url) && ready.set(url, answer));
  }, LOOK_MS);
  const until = async (done: () => boolean): Promise<void> => {
    while (!done()) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async add(url) {
      ready.set(url, false);
      await until(() => ready.get(url) === true);
    },
    async [Symbol.asyncDispose]() {
      clearInterval(looking);
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function isReady(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    request.on('error', () => resolve(false));
  });
}
