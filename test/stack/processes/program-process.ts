import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { TEST_BLIND_INDEX_KEY, TEST_SECRET_KEYS, testEnvironment } from '@portico/service-kit/testing';

const main = fileURLToPath(new URL('../../../infra/local/src/main.ts', import.meta.url));

export type ProgramEnvironment = Readonly<Record<string, string>> & { readonly DATABASE_URL: string };

export type ProgramProcess = AsyncDisposable & {
  /** Where it listens, in the order of its log. */
  readonly urls: readonly string[];
  /** Sends the signal and waits for the end; answers exit code and signal. */
  end(signal: NodeJS.Signals): Promise<unknown>;
};

/** A program as `npm start -- <words>` runs it, on free ports, once it listens at so many. */
export async function startProgramProcess(words: string, listeners: number, env: ProgramEnvironment): Promise<ProgramProcess> {
  const child = spawnProgram(words, env);
  const end = (signal: NodeJS.Signals): Promise<unknown> => {
    if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve([child.exitCode, child.signalCode]);
    const ended = once(child, 'exit');
    child.kill(signal);
    return ended;
  };
  return { urls: await listeningUrls(child, words, listeners), end, [Symbol.asyncDispose]: async () => void (await end('SIGKILL')) };
}

/** The same from its first moment on. */
export function spawnProgram(words: string, env: ProgramEnvironment): ChildProcess {
  const settings = {
    INTERNAL_SECRET: 'x'.repeat(32),
    SECRET_KEYS: TEST_SECRET_KEYS,
    BLIND_INDEX_KEY: TEST_BLIND_INDEX_KEY,
    PORT: '0',
    INTERNAL_PORT: '0',
    LOG_LEVEL: 'info',
    ...env,
  };
  return spawn(process.execPath, [main, ...words.split(' ')], { env: testEnvironment(settings), stdio: ['ignore', 'pipe', 'inherit'] });
}

function listeningUrls(child: ChildProcess, words: string, count: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    let printed = '';
    child.once('exit', (code) => reject(new Error(`${words} ended with ${code} before it listened.`)));
    child.stdout?.on('data', (chunk: Buffer) => {
      if (printed.length > 10_000) return;
      printed += chunk.toString();
      const urls = [...printed.matchAll(/"url":"([^"]+)","msg":"listening/g)].map(([, url = '']) => url);
      if (urls.length >= count) resolve(urls);
    });
  });
}
