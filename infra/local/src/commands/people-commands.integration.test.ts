import { hash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase } from '@portico/service-kit/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../cli/run-cli.ts';
import { loadLocalConfig } from '../config.ts';
import { type OpenAdmin, openAdmin } from '../start/open-admin.ts';
import { accountsCreate } from './accounts-create.ts';
import { adminCreate } from './admin-create.ts';
import { keysCreate } from './keys-create.ts';
import { secretsRotate } from './secrets-rotate.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
/** A program that goes on running while the commands do their work. */
let running: OpenAdmin;
const dataDir = mkdtempSync(join(tmpdir(), 'portico-people-'));
const env = (): Record<string, string> => ({ DATA_DIR: dataDir, DATABASE_URL: database.url });
beforeAll(async () => {
  database = await createTestDatabase();
  running = await openAdmin(loadLocalConfig(env()), () => {});
});
afterAll(async () => {
  await running?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
  rmSync(dataDir, { recursive: true });
});

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const said: { out: string[]; err: string[] } = { out: [], err: [] };
  const io = {
    env: env(),
    out: (text: string) => void said.out.push(text),
    err: (text: string) => void said.err.push(text),
    readInput: async () => Buffer.alloc(0),
    now: () => new Date(),
  };
  const code = await runCli([accountsCreate, adminCreate, keysCreate, secretsRotate], args, io);
  return { code, out: said.out.join('\n'), err: said.err.join('\n') };
}

async function query(text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

describe('accounts create', () => {
  it('makes an account that other commands find by its slug, once', async () => {
    const { code, out } = await run('accounts', 'create', '--slug', 'acme', '--name', 'Acme', '--json');
    expect([code, JSON.parse(out)]).toEqual([0, { id: expect.stringMatching(/^acct_/), slug: 'acme', name: 'Acme' }]);
    expect((await run('keys', 'create', '--account', 'acme')).code).toBe(0);
    expect(await run('accounts', 'create', '--slug', 'acme')).toMatchObject({ code: 1, err: expect.stringContaining('already') });
    expect((await run('accounts', 'create')).code).toBe(2);
  });
});

describe('admin create', () => {
  it('shows a one-time password, and keeps only a hash of it', async () => {
    const { code, out } = await run('admin', 'create', '--email', 'Root@Example.com', '--json');
    const { id, role, password } = JSON.parse(out);
    expect([code, role, id]).toEqual([0, 'admin', expect.stringMatching(/^person_/)]);
    expect(password.length).toBeGreaterThanOrEqual(20);
    const rows = await query('select p.email, c.password from access.person p join access.credential c on c.user_id = p.id');
    expect(rows).toMatchObject([{ email: 'root@example.com' }]);
    expect(JSON.stringify(rows)).not.toContain(password);
    expect((await run('admin', 'create', '--email', 'root@example.com')).err).toContain('already');
    expect((await run('admin', 'create', '--email', 'nonsense')).code).toBe(1);
  });
});

describe('secrets rotate', () => {
  it('moves every secret to a new key, and programs that run go on reading them without a restart', async () => {
    await running.admin.serviceTokens.issue({ account: 'acme', mode: 'test', subject: 'service:x', permissions: ['graph:read'] });
    const { key, secret } = JSON.parse((await run('keys', 'create', '--account', 'acme', '--json')).out);
    const find = () => running.admin.keySource.findKey(hash('sha256', key));
    expect(await find()).toMatchObject({ signingSecret: secret });
    const { code, out } = await run('secrets', 'rotate', '--json');
    expect([code, JSON.parse(out).added]).toEqual([0, 2]);
    const versions = await query(`select split_part(sealed, '.', 1) as version, count(*)::int as rows from (
      select secret_sealed as sealed from access.api_key union all select private_key_sealed from access.signing_key) s group by 1`);
    expect(versions).toEqual([{ version: '2', rows: 3 }]);
    expect(await find()).toMatchObject({ signingSecret: secret });
    await running.admin.serviceTokens.issue({ account: 'acme', mode: 'test', subject: 'service:x', permissions: ['graph:read'] });
    expect(readFileSync(join(dataDir, 'secrets.json'), 'utf8')).toContain('1:');
    expect(JSON.parse((await run('secrets', 'rotate', '--json')).out)).toMatchObject({ added: 3, moved: { 'access.api_key': 2 } });
  });
});
