// Who charges cards for an all-in-one platform. Without an address of a sandbox provider one is brought along: in this process, on a free
// loopback port, its books beside the other data. A second platform on the same data uses the first one's: two must not write one journal.
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type ProviderConfig, providerConfig } from '@portico/payments/config';
import { start } from '@portico/sandbox-provider/server';
import { loadConfig } from '@portico/service-kit/config';
import type { Logger } from '@portico/service-kit/logger';
import { z } from 'zod';
import type { LocalConfig } from '../config.ts';
import type { ResolvedDependency } from '../dependencies/resolve-dependencies.ts';
import { readPrivateFile, writePrivateFile } from '../kept/private-file.ts';
import { withStartLock } from '../machine/start-lock.ts';

export type OpenPaymentProvider = AsyncDisposable & {
  readonly provider: ProviderConfig;
  readonly resolved: ResolvedDependency;
  /** `publicUrl`: where our own gateway listens. */
  sendCallbacksTo(publicUrl: string): void;
};

type Sandbox = AsyncDisposable & { readonly settings: SandboxAccess; readonly how: string; sendCallbacksTo(url: string): void };

const access = z.object({
  pid: z.int(),
  SANDBOX_PROVIDER_URL: z.string(),
  SANDBOX_CLIENT_SECRET: z.string(),
  SANDBOX_CALLBACK_SECRET: z.string(),
});
type SandboxAccess = Omit<z.output<typeof access>, 'pid'>;

const CALLBACK_PATH = '/api/v1/payments/callbacks/sandbox';
const CHECK_TIMEOUT_MS = 1_000;

/** `redisUrl`: of the Redis that the platform uses. Throws ConfigError for settings that do not go together. */
export async function openPaymentProvider(config: LocalConfig, redisUrl: string | undefined, logger: Logger): Promise<OpenPaymentProvider> {
  await using opened = new AsyncDisposableStack();
  const sandbox = config.SANDBOX_PROVIDER_URL === undefined ? opened.use(await bringSandbox(config, logger)) : undefined;
  const provider = { ...providerOf({ ...config, ...sandbox?.settings, REDIS_URL: redisUrl }), calls: config.calls };
  const where = sandbox === undefined ? `at ${provider.SANDBOX_PROVIDER_URL} (SANDBOX_PROVIDER_URL)` : sandbox.how;
  const live =
    provider.PAYMENT_PROVIDER === 'sandbox' ? '' : `live mode at ${provider.PAYMENT_PROVIDER} (PAYMENT_PROVIDER), test mode at the `;
  const running = opened.move();
  return {
    provider,
    resolved: { name: 'payments', resolved: `${live}sandbox provider ${where}` },
    sendCallbacksTo: (publicUrl) => sandbox?.sendCallbacksTo(publicUrl + CALLBACK_PATH),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function providerOf(given: Readonly<Record<string, unknown>>): ProviderConfig {
  const texts = Object.keys(providerConfig.shape).map((name) => [name, given[name]] as const);
  return loadConfig(
    providerConfig,
    Object.fromEntries(texts.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : []))),
  );
}

/** One start at a time looks whether there is one: two that saw none would both write the journal. */
function bringSandbox(config: LocalConfig, logger: Logger): Promise<Sandbox> {
  mkdirSync(config.dataDir, { recursive: true });
  return withStartLock(config.dataDir, () => joinOrStart(config, logger));
}

async function joinOrStart({ dataDir, SANDBOX_CLIENT_ID: clientId }: LocalConfig, logger: Logger): Promise<Sandbox> {
  const file = join(dataDir, 'sandbox-provider.json');
  const running = readPrivateFile(file, access);
  if (running !== undefined && (await isRunning(running, clientId))) {
    const { pid, ...settings } = running;
    const how = `of process ${pid}, which has the same data`;
    return { settings, how, sendCallbacksTo: () => {}, [Symbol.asyncDispose]: async () => {} };
  }
  const [clientSecret, callbackSecret] = [randomBytes(24).toString('base64url'), randomBytes(24).toString('base64url')];
  const journalFile = join(dataDir, 'sandbox-provider.jsonl');
  const sandbox = await start({ host: '127.0.0.1', port: 0, journalFile, clientId, clientSecret, callbackSecret }, { logger });
  const settings = { SANDBOX_PROVIDER_URL: sandbox.url, SANDBOX_CLIENT_SECRET: clientSecret, SANDBOX_CALLBACK_SECRET: callbackSecret };
  writePrivateFile(file, { pid: process.pid, ...settings });
  return {
    settings,
    how: `embedded, at ${sandbox.url} (SANDBOX_PROVIDER_URL is not set)`,
    sendCallbacksTo: sandbox.sendCallbacksTo,
    async [Symbol.asyncDispose]() {
      rmSync(file, { force: true });
      await sandbox[Symbol.asyncDispose]();
    },
  };
}

/** Whether the one that the file tells of still answers, and knows the secret. */
async function isRunning({ SANDBOX_PROVIDER_URL: url, SANDBOX_CLIENT_SECRET: secret }: SandboxAccess, clientId: string): Promise<boolean> {
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: secret });
  return fetch(`${url}/oauth/token`, { method: 'POST', body, signal: AbortSignal.timeout(CHECK_TIMEOUT_MS) }).then(
    async (answer) => {
      await answer.body?.cancel();
      return answer.ok;
    },
    () => false,
  );
}
