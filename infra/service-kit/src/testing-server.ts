// For tests: a server from PATH that the test may kill and start again at the same address.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

const ANSWERS_WITHIN_MS = 30_000;
/** Below those that systems give to outgoing connections, so that none takes the port while the server is away; above those that our own programs choose. */
const PORTS = [25_500, 32_700] as const;

export type TestServer = AsyncDisposable & {
  readonly url: string;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
  /** Starts it again at the same address; kills it first if it runs. */
  start(): Promise<void>;
  /** Lets it stand still, with its connections open, or go on; or read its configuration again. */
  signal(name: 'SIGSTOP' | 'SIGCONT' | 'SIGHUP'): void;
};

/** Whether `startTestServer` can work here. */
export function isOnPath(command: string): boolean {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
}

/** Starts it on a free port of the loopback address, and waits until it answers. */
export async function startTestServer(kind: {
  readonly command: string;
  argumentsFor(port: number): readonly string[];
  url(port: number): string;
  answers(url: string): Promise<boolean>;
}): Promise<TestServer> {
  const port = await freePort();
  const url = kind.url(port);
  const run = async (): Promise<ChildProcess> => {
    const child = spawn(kind.command, kind.argumentsFor(port), { stdio: 'ignore' });
    const until = Date.now() + ANSWERS_WITHIN_MS;
    while (!(await kind.answers(url))) if (Date.now() > until) throw new Error(`${kind.command} does not answer at ${url}.`);
    return child;
  };
  let running = await run();
  const kill = async (): Promise<void> => {
    if (running.exitCode !== null || running.signalCode !== null) return;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGKILL');
    await ended;
  };
  return {
    url,
    kill,
    async start() {
      await kill();
      running = await run();
    },
    signal: (name) => void running.kill(name),
    [Symbol.asyncDispose]: kill,
  };
}

/** A port that nothing listens on, and that no outgoing connection takes. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(...PORTS);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
