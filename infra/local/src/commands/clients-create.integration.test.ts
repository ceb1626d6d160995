import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { start } from '@portico/admin-server/server';
import { createTestDatabase, silentLogger, TEST_SECRET_KEYS } from '@portico/service-kit/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCli } from '../cli/run-cli.ts';
import { clientsCreate } from './clients-create.ts';
import { signingKeysRotate } from './signing-keys-rotate.ts';

const ISSUER = 'https://api.example';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
const dataDir = mkdtempSync(join(tmpdir(), 'portico-clients-'));
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database?.[Symbol.asyncDispose]();
  rmSync(dataDir, { recursive: true });
});

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const said: { out: string[]; err: string[] } = { out: [], err: [] };
  const io = {
    env: { DATA_DIR: dataDir, DATABASE_URL: database.url, SECRET_KEYS: TEST_SECRET_KEYS },
    out: (text: string) => void said.out.push(text),
    err: (text: string) => void said.err.push(text),
    readInput: async () => Buffer.alloc(0),
    now: () => new Date(),
  };
  const code = await runCli([clientsCreate, signingKeysRotate], args, io);
  return { code, out: said.out.join('\n'), err: said.err.join('\n') };
}

it('makes a client that gets tokens with what it prints, and none for an account that is not there', async () => {
  expect(await run('clients', 'create', '--account', 'nobody')).toMatchObject({ code: 1, out: '' });
  const { code, out } = await run('clients', 'create', '--account', 'demo', '--mode', 'test', '--scopes', 'read', '--json');
  expect(code).toBe(0);
  const settings = { databaseUrl: database.url, poolMax: 2, secretKeys: TEST_SECRET_KEYS };
  await using admin = await start(settings, { logger: silentLogger });
  const grant = { kind: 'client_credentials', scopes: undefined } as const;
  const made: { clientId: string; clientSecret: string } = JSON.parse(out);
  expect(await admin.tokens.issue(made, grant, ISSUER)).toMatchObject({ kind: 'granted', value: { scopes: ['read'] } });
});

it('rotates the signing key, and withdraws the one that is named', async () => {
  const settings = { databaseUrl: database.url, poolMax: 2, secretKeys: TEST_SECRET_KEYS };
  await using admin = await start(settings, { logger: silentLogger });
  const kids = async (): Promise<unknown[]> => (await admin.jwks()).keys.map(({ kid }) => kid);
  const { out: first } = await run('signing-keys', 'rotate');
  const { id: second } = JSON.parse((await run('signing-keys', 'rotate', '--json')).out);
  expect(await kids()).toEqual(expect.arrayContaining([first, second]));
  expect((await run('signing-keys', 'rotate', '--withdraw', first)).code).toBe(0);
  expect(await kids()).not.toContain(first);
  expect(await kids()).toContain(second);
});
