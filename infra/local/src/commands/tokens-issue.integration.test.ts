import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase } from '@portico/service-kit/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCli } from '../cli/run-cli.ts';
import { keysCreate } from './keys-create.ts';
import { tokensIssue } from './tokens-issue.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
const dataDir = mkdtempSync(join(tmpdir(), 'portico-tokens-'));
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
    env: { DATA_DIR: dataDir, DATABASE_URL: database.url },
    out: (text: string) => void said.out.push(text),
    err: (text: string) => void said.err.push(text),
    readInput: async () => Buffer.alloc(0),
    now: () => new Date(),
  };
  const code = await runCli([keysCreate, tokensIssue], args, io);
  return { code, out: said.out.join('\n'), err: said.err.join('\n') };
}

const claimsOf = (token: string): unknown => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

it('issues a token with the permissions that were asked for, and none for an account that is not there', async () => {
  expect(await run('tokens', 'issue', '--account', 'nobody')).toMatchObject({ code: 1, out: '' });
  expect(await run('keys', 'create', '--account', 'demo')).toMatchObject({ code: 0 });
  const { code, out, err } = await run('tokens', 'issue', '--account', 'demo', '--subject', 'service:reporting');
  expect([code, err]).toEqual([0, '']);
  expect(claimsOf(out)).toMatchObject({ sub: 'service:reporting', mode: 'test', permissions: ['graph:read'] });
  const { out: json } = await run('tokens', 'issue', '--mode', 'live', '--write', '--json');
  expect(claimsOf(JSON.parse(json).token)).toMatchObject({ mode: 'live', permissions: ['graph:read', 'graph:write'] });
});
