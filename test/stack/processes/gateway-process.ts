import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { TEST_SECRET_KEYS, testEnvironment } from '@portico/service-kit/testing';

const program = fileURLToPath(new URL('../../../infra/local/src/main.ts', import.meta.url));
const NOWHERE = 'http://127.0.0.1:9/graphql';

export type GatewayProcess = AsyncDisposable & {
  readonly url: string;
  readonly internalUrl: string;
  /** Sends the signal and waits for the end; answers exit code and signal. */
  end(signal: NodeJS.Signals): Promise<unknown>;
};

/** A gateway as `npm start -- gateway` runs it, without subgraphs: only paths that need no graph are answered from its own knowledge. */
export async function startGatewayProcess(databaseUrl: string, env: Readonly<Record<string, string>> = {}): Promise<GatewayProcess> {
  const subgraphs = ['CUSTOMERS', 'INVENTORY', 'ORDERS', 'PAYMENTS', 'PRODUCTS', 'WEBHOOKS'].map((name) => [`${name}_URL`, NOWHERE]);
  const child = spawn(process.execPath, [program, 'gateway'], {
    env: testEnvironment({
      DATABASE_URL: databaseUrl,
      INTERNAL_SECRET: 'x'.repeat(32),
      SECRET_KEYS: TEST_SECRET_KEYS,
      PORT: '0',
      INTERNAL_PORT: '0',
      LOG_LEVEL: 'info',
      ...Object.fromEntries(subgraphs),
      ...env,
    }),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const end = async (signal: NodeJS.Signals): Promise<unknown> => {
    if (child.exitCode !== null || child.signalCode !== null) return [child.exitCode, child.signalCode];
    const ended = once(child, 'exit');
    child.kill(signal);
    return ended;
  };
  const [url, internalUrl] = await urls(child);
  return { url, internalUrl, end, [Symbol.asyncDispose]: async () => void (await end('SIGKILL')) };
}

/** Of the public and the internal listener. */
function urls(child: ChildProcess): Promise<[string, string]> {
  return new Promise((resolve, reject) => {
    let printed = '';
    child.once('exit', (code) => reject(new Error(`The gateway ended with ${code} before it listened.`)));
    child.stdout?.on('data', (chunk: Buffer) => {
      if (printed.length > 10_000) return;
      printed += chunk.toString();
      const url = /"url":"([^"]+)","msg":"listening"/.exec(printed)?.[1];
      const internalUrl = /"url":"([^"]+)","msg":"listening for our own programs"/.exec(printed)?.[1];
      if (url !== undefined && internalUrl !== undefined) resolve([url, internalUrl]);
    });
  });
}
