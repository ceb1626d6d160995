import { start } from '@portico/admin-server/server';
import { silentLogger, TEST_SECRET_KEYS } from '@portico/service-kit/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CommandTest, openCommandTest } from '../../cli/testing.ts';
import { clientsCreate } from './clients-create.ts';
import { signingKeysRotate } from './signing-keys-rotate.ts';

const ISSUER = 'https://api.example';

let test: CommandTest;
beforeAll(async () => {
  test = await openCommandTest([clientsCreate, signingKeysRotate], { SECRET_KEYS: TEST_SECRET_KEYS });
});
afterAll(() => test?.[Symbol.asyncDispose]());

it('makes a client that gets tokens with what it prints, and none for an account that is not there', async () => {
  expect(await test.run('clients', 'create', '--account', 'nobody')).toMatchObject({ code: 1, out: '' });
  const { code, out } = await test.run('clients', 'create', '--account', 'demo', '--mode', 'test', '--scopes', 'read', '--json');
  expect(code).toBe(0);
  const settings = { databaseUrl: test.databaseUrl, poolMax: 2, secretKeys: TEST_SECRET_KEYS };
  await using admin = await start(settings, { logger: silentLogger });
  const grant = { kind: 'client_credentials', scopes: undefined } as const;
  const made: { clientId: string; clientSecret: string } = JSON.parse(out);
  expect(await admin.tokens.issue(made, grant, ISSUER)).toMatchObject({ kind: 'granted', value: { scopes: ['read'] } });
});

it('rotates the signing key, and withdraws the one that is named', async () => {
  const settings = { databaseUrl: test.databaseUrl, poolMax: 2, secretKeys: TEST_SECRET_KEYS };
  await using admin = await start(settings, { logger: silentLogger });
  const kids = async (): Promise<unknown[]> => (await admin.jwks()).keys.map(({ kid }) => kid);
  const { out: first } = await test.run('signing-keys', 'rotate');
  const { id: second } = JSON.parse((await test.run('signing-keys', 'rotate', '--json')).out);
  expect(await kids()).toEqual(expect.arrayContaining([first, second]));
  expect((await test.run('signing-keys', 'rotate', '--withdraw', first)).code).toBe(0);
  expect(await kids()).not.toContain(first);
  expect(await kids()).toContain(second);
});
