// What a start would stumble over, the doctor finds before it.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase } from '@portico/service-kit/testing';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../cli/run-cli.ts';
import { choosePlace } from '../embedded-postgres/place/choose-place.ts';
import { findBinaries } from '../embedded-postgres/place/find-binaries.ts';
import { doctor } from './doctor.ts';

/** Another program, on a port that is wanted. */
let other: Server;
let port = 0;
let folder = '';
beforeAll(async () => {
  other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const address = other.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  port = address.port;
});
afterAll(() => other?.close());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portico-doctor-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Checks = Readonly<Record<string, { ok: boolean; problem?: string; advice?: string }>>;

async function examine(env: Readonly<Record<string, string>> = {}): Promise<{ code: number; checks: Checks }> {
  let said = '';
  const code = await runCli([doctor], ['doctor', '--json'], {
    env: { DATA_DIR: folder, PORT: '0', INTERNAL_PORT: '0', REDIS_URL: 'none', NATS_URL: 'none', ...env },
    out: (text) => {
      said += text;
    },
    err: () => {},
    readInput: async () => Buffer.alloc(0),
    now: () => new Date(),
  });
  return { code, checks: JSON.parse(said).checks };
}

describe('portico doctor', () => {
  it('finds nothing wrong with a folder in which nothing was started yet', async () => {
    const { code, checks } = await examine();
    expect([code, checks.data?.ok, checks.keys?.ok]).toEqual([0, true, true]);
  });

  it.each(['secrets.json', 'postgres.json', 'running.json', 'demo-key.json', 'sandbox-provider.json'])(
    'names a half-written %s, which a start refuses',
    async (name) => {
      writeFileSync(join(folder, name), '{ "half": "a secr');
      const { code, checks } = await examine({ PORT: String(port) });
      expect(code).toBe(1);
      expect(checks.data).toMatchObject({ ok: false, problem: expect.stringContaining(name) });
      expect(JSON.stringify(checks)).not.toContain('a secr');
    },
  );

  it('finds that the password of the data is gone, or that they are of another version', async () => {
    const { cluster } = choosePlace({ dataDir: folder, binaries: findBinaries(), log: () => {} });
    mkdirSync(cluster);
    writeFileSync(join(cluster, 'PG_VERSION'), '18\n');
    expect((await examine()).checks.postgres).toMatchObject({ ok: false, problem: expect.stringContaining('postgres.json is gone') });
    writeFileSync(join(cluster, 'PG_VERSION'), '14\n');
    expect((await examine()).checks.postgres).toMatchObject({ ok: false, problem: expect.stringContaining('PostgreSQL 14') });
    rmSync(cluster, { recursive: true });
  });

  it.each(['SECRET_KEYS', 'BLIND_INDEX_KEY'])('finds that %s is malformed, and does not show it', async (name) => {
    const { code, checks } = await examine({ [name]: '1:abcdefgh' });
    expect([code, checks.keys]).toEqual([1, expect.objectContaining({ ok: false, problem: expect.stringContaining('bytes, not 32') })]);
    expect(JSON.stringify(checks)).not.toContain('abcdefgh');
  });

  it('finds that the folder is a file', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect((await examine({ DATA_DIR: file })).checks.data).toMatchObject({ ok: false, problem: `${file} is no folder` });
    expect((await examine({ DATA_DIR: join(file, 'inside') })).checks.data).toMatchObject({ ok: false, problem: `${file} is no folder` });
  });

  const mounted = (options: string): boolean =>
    spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { stdio: 'ignore' }).status === 0;

  it.for<[options: string, problem: string]>([
    ['size=1m', 'are left on the disk'],
    ['ro', 'cannot be written to'],
  ])('finds a disk that is full or read-only (%s; needs to mount one)', async ([options, problem], { skip }) => {
    if (!mounted(options)) skip();
    try {
      expect((await examine()).checks.data).toMatchObject({ ok: false, problem: expect.stringContaining(problem) });
    } finally {
      spawnSync('umount', [folder]);
    }
  });

  it('finds a database that takes no writes', async () => {
    await using database = await createTestDatabase();
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query(`alter database "${new URL(database.url).pathname.slice(1)}" set default_transaction_read_only = on`);
    await client.end();
    const { checks } = await examine({ DATABASE_URL: database.url });
    expect(checks.postgres).toMatchObject({ ok: false, problem: expect.stringContaining('read-only') });
  });
});
