import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandTest, openCommandTest } from '../../cli/testing.ts';
import { loadLocalConfig } from '../../config.ts';
import { type OpenAdmin, openAdmin } from '../../start/open-admin.ts';
import { accountsCreate } from './accounts-create.ts';
import { adminCreate } from './admin-create.ts';
import { keysCreate } from './keys-create.ts';
import { secretsRotate } from './secrets-rotate.ts';
import { signingKeysRotate } from './signing-keys-rotate.ts';

let test: CommandTest;
/** A program that goes on running while the commands do their work. */
let running: OpenAdmin;
beforeAll(async () => {
  test = await openCommandTest([accountsCreate, adminCreate, keysCreate, secretsRotate, signingKeysRotate]);
  running = await openAdmin(loadLocalConfig(test.env), () => {});
});
afterAll(async () => {
  await running?.[Symbol.asyncDispose]();
  await test?.[Symbol.asyncDispose]();
});

async function query(text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: test.databaseUrl });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

describe('accounts create', () => {
  it('makes an account that other commands find by its slug, once', async () => {
    const { code, out } = await test.run('accounts', 'create', '--slug', 'acme', '--name', 'Acme', '--json');
    expect([code, JSON.parse(out)]).toEqual([0, { id: expect.stringMatching(/^acct_/), slug: 'acme', name: 'Acme' }]);
    expect((await test.run('keys', 'create', '--account', 'acme')).code).toBe(0);
    expect(await test.run('accounts', 'create', '--slug', 'acme')).toMatchObject({ code: 1, err: expect.stringContaining('already') });
    expect((await test.run('accounts', 'create')).code).toBe(2);
  });
});

describe('admin create', () => {
  it('shows a one-time password, and keeps only a hash of it', async () => {
    const { code, out } = await test.run('admin', 'create', '--email', 'Root@Example.com', '--json');
    const { id, role, password } = JSON.parse(out);
    expect([code, role, id]).toEqual([0, 'admin', expect.stringMatching(/^person_/)]);
    expect(password.length).toBeGreaterThanOrEqual(20);
    const rows = await query('select p.email, c.password from access.person p join access.credential c on c.user_id = p.id');
    expect(rows).toMatchObject([{ email: 'root@example.com' }]);
    expect(JSON.stringify(rows)).not.toContain(password);
    expect((await test.run('admin', 'create', '--email', 'root@example.com')).err).toContain('already');
    expect((await test.run('admin', 'create', '--email', 'nonsense')).code).toBe(1);
  });
});

describe('admin create --new-password', () => {
  it('makes another one-time password in place of one that nobody has used, and none for who has chosen a password', async () => {
    const email = 'unseen@example.com';
    const passwordOf = async () =>
      (await query(`select c.* from access.credential c join access.person p on p.id = c.user_id where email = '${email}'`))[0];
    expect(await test.run('admin', 'create', '--email', email, '--new-password')).toMatchObject({
      code: 1,
      err: expect.stringContaining('no operator'),
    });
    const first = JSON.parse((await test.run('admin', 'create', '--email', email, '--role', 'support', '--json')).out);
    const before = await passwordOf();
    expect((await test.run('admin', 'create', '--email', email)).err).toContain('--new-password');
    const { code, out } = await test.run('admin', 'create', '--email', 'Unseen@example.com', '--new-password', '--json');
    const { password, ...same } = JSON.parse(out);
    expect([code, same]).toEqual([0, { id: first.id, email, role: 'support' }]);
    const after = await passwordOf();
    expect(password).not.toBe(first.password);
    expect([after?.made_password, after?.password === before?.password]).toEqual([after?.password, false]);
    await query(`update access.credential set password = 'chosen' where user_id = '${first.id}'`);
    expect(await test.run('admin', 'create', '--email', email, '--new-password')).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('has chosen a password'),
    });
    expect((await passwordOf())?.password).toBe('chosen');
  });
});

describe('admin create, twice at once', () => {
  it('makes one operator, and says to the second what happened', async () => {
    const other = new pg.Client({ connectionString: test.databaseUrl });
    await other.connect();
    // The first, which has not committed yet.
    await other.query('begin');
    await other.query(
      `insert into access.person (id, name, email, created_at, updated_at) values ('person_other', 'Other', 'twice@example.com', now(), now())`,
    );
    const second = test.run('admin', 'create', '--email', 'twice@example.com');
    const waits = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    await expect.poll(async () => (await query(waits)).length).toBe(1);
    await other.query('commit');
    await other.end();
    expect(await second).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/^twice@example\.com has just been added by somebody else/),
    });
  });
});

describe('secrets rotate', () => {
  it('moves every secret to a new key, and programs that run go on reading them without a restart', async () => {
    await running.admin.serviceTokens.issue({ account: 'acme', mode: 'test', subject: 'service:x', permissions: ['graph:read'] });
    const { key, secret } = JSON.parse((await test.run('keys', 'create', '--account', 'acme', '--json')).out);
    const find = () => running.admin.keySource.findKey(hash('sha256', key));
    expect(await find()).toMatchObject({ signingSecret: secret });
    const { code, out } = await test.run('secrets', 'rotate', '--json');
    expect([code, JSON.parse(out).added]).toEqual([0, 2]);
    const versions = await query(`select split_part(sealed, '.', 1) as version, count(*)::int as rows from (
      select secret_sealed as sealed from access.api_key union all select private_key_sealed from access.signing_key) s group by 1`);
    expect(versions).toEqual([{ version: '2', rows: 3 }]);
    expect(await find()).toMatchObject({ signingSecret: secret });
    await running.admin.serviceTokens.issue({ account: 'acme', mode: 'test', subject: 'service:x', permissions: ['graph:read'] });
    expect(readFileSync(join(test.env.DATA_DIR, 'secrets.json'), 'utf8')).toContain('1:');
    expect(JSON.parse((await test.run('secrets', 'rotate', '--json')).out)).toMatchObject({ added: 3, moved: { 'access.api_key': 2 } });
  });
});

describe('secrets rotate without a database', () => {
  it('adds no key to the ring', async () => {
    const file = join(test.env.DATA_DIR, 'secrets.json');
    const before = readFileSync(file, 'utf8');
    const { code, out } = await test.runIn({ DATABASE_URL: 'postgres://localhost:1/none' }, 'secrets', 'rotate');
    expect([code, out, readFileSync(file, 'utf8')]).toEqual([1, '', before]);
  });
});

describe('signing-keys rotate', () => {
  const ids = async (): Promise<unknown[]> => (await query('select id from access.signing_key order by id')).map(({ id }) => id);

  it('makes no key when the one to withdraw is not there', async () => {
    const before = await ids();
    expect(await test.run('signing-keys', 'rotate', '--withdraw', 'nonsense')).toMatchObject({ code: 1, out: '' });
    expect(await ids()).toEqual(before);
  });

  it('withdraws a key that leaked, and makes its successor', async () => {
    const { id: leaked } = JSON.parse((await test.run('signing-keys', 'rotate', '--json')).out);
    const { id: successor } = JSON.parse((await test.run('signing-keys', 'rotate', '--withdraw', leaked, '--json')).out);
    const published = (await running.admin.jwks()).keys.map(({ kid }) => kid);
    expect([published.includes(leaked), published.includes(successor)]).toEqual([false, true]);
  });
});
