// For tests: the sandbox provider as a process of its own, as the platform meets it.
import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { testEnvironment } from '@portico/service-kit/testing';
import { freePort } from '@portico/service-kit/testing-server';
import { type ProviderConfig, providerConfig } from '../../config.ts';

export type SandboxProcess = AsyncDisposable & {
  /** What the platform reaches it by. */
  readonly config: ProviderConfig;
  /** Asks its API as an operator would. */
  charges(key: string): Promise<{ id: string; status: string; amount: number; refunded: number }[]>;
  /** Makes a charge, as a request does that was on its way for long. */
  charge(request: { key: string; amount: number; currency: string; token: string }): Promise<void>;
  /** Gives back a part of the charge of a key, as an operator would. */
  refund(key: string, amount: number): Promise<void>;
  /** SIGKILL; its books stay. */
  kill(): Promise<void>;
  /** Starts again on the same port and books. */
  restart(): Promise<void>;
};

const CREDENTIALS = { SANDBOX_CLIENT_SECRET: 'the-secret-of-the-client', SANDBOX_CALLBACK_SECRET: 'the-secret-of-callbacks' };

export async function startSandbox(): Promise<SandboxProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'portico-sandbox-'));
  const open = async (port: string) => {
    const child = fork(fileURLToPath(import.meta.resolve('@portico/sandbox-provider/main')), {
      env: testEnvironment({ ...CREDENTIALS, PORT: port, SANDBOX_JOURNAL: join(folder, 'journal.jsonl'), LOG_LEVEL: 'error' }),
    });
    const [{ url }] = (await once(child, 'message')) as [{ url: string }];
    return { child, url };
  };
  let running = await open(String(await freePort()));
  const { url } = running;
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const { child } = running;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  };
  return {
    config: providerConfig.parse({ ...CREDENTIALS, PAYMENT_PROVIDER: 'sandbox', SANDBOX_PROVIDER_URL: url }),
    charges: (key) => askCharges(url, key),
    async charge({ key, ...body }) {
      await ask(url, '/v1/charges', body, key);
    },
    async refund(key, amount) {
      const [charge] = await askCharges(url, key);
      await ask(url, `/v1/charges/${charge?.id}/refunds`, { amount });
    },
    kill: () => end('SIGKILL'),
    async restart() {
      running = await open(new URL(url).port);
    },
    async [Symbol.asyncDispose]() {
      await end('SIGTERM');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function askCharges(url: string, key: string): ReturnType<SandboxProcess['charges']> {
  const { data } = (await ask(url, `/v1/charges?idempotencyKey=${key}`)) as { data: Awaited<ReturnType<SandboxProcess['charges']>> };
  return data;
}

/** A GET, or a POST of this body. */
async function ask(url: string, path: string, body?: object, key: string = randomUUID()): Promise<unknown> {
  const form = { grant_type: 'client_credentials', client_id: 'portico', client_secret: CREDENTIALS.SANDBOX_CLIENT_SECRET };
  const token = await fetch(`${url}/oauth/token`, { method: 'POST', body: new URLSearchParams(form) });
  const { access_token: bearer } = (await token.json()) as { access_token: string };
  const headers = { authorization: `Bearer ${bearer}`, 'idempotency-key': key };
  const answer = await fetch(url + path, { headers, ...(body && { method: 'POST', body: JSON.stringify(body) }) });
  if (!answer.ok) throw new Error(`The sandbox provider answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
}
