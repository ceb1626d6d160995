import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { killServer, SHOWS_PROCESSES } from '../testing/processes.ts';
import { choosePlace } from './place/choose-place.ts';
import { findBinaries } from './place/find-binaries.ts';
import { readPostmaster } from './postmaster-file.ts';
import { startEmbeddedPostgres } from './start-embedded-postgres.ts';

const starter = fileURLToPath(new URL('../testing/hold-postgres.ts', import.meta.url));
const log = (): void => {};
let folder = '';
let dataDir = '';
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portico-embedded-'));
  chmodSync(folder, 0o755);
  dataDir = join(folder, 'data');
});

afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await stopped();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** Until the server of the folder is gone. */
async function stopped(): Promise<void> {
  await expect.poll(() => readPostmaster(join(dataDir, 'postgres'))).toBeUndefined();
}

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Another process of this checkout that uses the server. */
async function startInChild(): Promise<{ child: ChildProcess; url: string; adopted: boolean }> {
  const child = spawn(process.execPath, [starter, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  let said = '';
  for await (const chunk of child.stdout ?? []) {
    said += String(chunk);
    if (said.includes('\n')) break;
  }
  return { child, ...JSON.parse(said) };
}

/** Whom PostgreSQL runs as: it takes only processes of that account for its own. */
function owner(folderOfData: string): { uid: number; gid: number } {
  return statSync(join(folderOfData, 'postgres'));
}

describe('the embedded PostgreSQL', () => {
  it('keeps its data, its password and its port from start to start', async () => {
    const first = await startEmbeddedPostgres({ dataDir, durable: true, log });
    await ask(first.url, 'create table kept as select 7 as seven');
    await first.stop();
    await expect(ask(first.url, 'select 1')).rejects.toThrow('ECONNREFUSED');
    const second = await startEmbeddedPostgres({ dataDir, durable: true, log });
    try {
      expect(second).toMatchObject({ url: first.url, adopted: false });
      expect(await ask(second.url, 'select seven from kept')).toEqual([{ seven: 7 }]);
    } finally {
      await second.stop();
    }
  });

  it('lets nobody in without the password, which only its owner can read', async () => {
    const postgres = await startEmbeddedPostgres({ dataDir, durable: false, log });
    try {
      const url = new URL(postgres.url);
      url.password = 'guessed';
      await expect(ask(url.href, 'select 1')).rejects.toThrow('password authentication failed');
      expect(statSync(join(dataDir, 'postgres.json')).mode & 0o077).toBe(0);
    } finally {
      await postgres.stop();
    }
  });

  it('stops by itself when the process that started it is killed, and starts again', async () => {
    const { child, url } = await startInChild();
    await ask(url, 'create table kept as select 7 as seven');
    child.kill('SIGKILL');
    await once(child, 'exit');
    await stopped();
    const again = await startEmbeddedPostgres({ dataDir, durable: true, log });
    try {
      expect(again.adopted).toBe(false);
      expect(await ask(again.url, 'select seven from kept')).toEqual([{ seven: 7 }]);
    } finally {
      await again.stop();
    }
  });

  it('is shared by the processes of a checkout, and outlives the one that started it', async () => {
    const { child, url } = await startInChild();
    const joined = await startEmbeddedPostgres({ dataDir, durable: true, log });
    expect(joined).toMatchObject({ url, adopted: true });
    child.kill('SIGTERM');
    await once(child, 'exit');
    expect(await ask(joined.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await joined.stop();
    await expect.poll(() => ask(joined.url, 'select 1').catch(() => 'gone')).toBe('gone');
  });

  it('starts once when two processes start it at the same moment', async () => {
    const [one, two] = await Promise.all([startInChild(), startInChild()]);
    expect(one.url).toBe(two.url);
    expect([one.adopted, two.adopted].sort()).toEqual([false, true]);
  });

  it.skipIf(!SHOWS_PROCESSES)(
    'says that it has ended when it is killed, and leaves nobody behind who would stop it (needs /proc)',
    async () => {
      const postgres = await startEmbeddedPostgres({ dataDir, durable: true, log });
      const joined = await startEmbeddedPostgres({ dataDir, durable: true, log });
      const guards = killServer('postgres', join(dataDir, 'postgres'));
      await Promise.all([postgres.ended, joined.ended]);
      await expect.poll(guards).toEqual([]);
      await joined.stop();
      await postgres.stop();
      const again = await startEmbeddedPostgres({ dataDir, durable: true, log });
      expect(await ask(again.url, 'select 1 as one')).toEqual([{ one: 1 }]);
      await again.stop();
    },
  );

  it('ends when it is let go of though its disk is full, and goes on with its data once there is room (needs to mount one)', async ({
    skip,
  }) => {
    mkdirSync(dataDir);
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64m,mode=755', 'tmpfs', dataDir], { stdio: 'ignore' }).status !== 0) skip();
    try {
      const postgres = await startEmbeddedPostgres({ dataDir, durable: true, log });
      await ask(postgres.url, 'create table kept as select 7 as seven');
      const filled = join(dataDir, 'filled');
      const { bavail, bsize } = statfsSync(dataDir);
      writeFileSync(filled, Buffer.alloc(bavail * bsize - 2 * 1024 * 1024));
      // No table grows: what has no room is the log, without which PostgreSQL cannot go on.
      const fill = `select pg_logical_emit_message(true, 'fill', repeat('x', 1000000)) from generate_series(1, 20)`;
      await expect(ask(postgres.url, fill)).rejects.toThrow();
      await postgres.stop();
      rmSync(filled);
      const again = await startEmbeddedPostgres({ dataDir, durable: true, log });
      expect(await ask(again.url, 'select seven from kept where seven = 7')).toEqual([{ seven: 7 }]);
      await again.stop();
    } finally {
      spawnSync('umount', [dataDir]);
    }
  }, 120_000);

  it('that is never ready is stopped, and the start says so', async () => {
    const first = await startEmbeddedPostgres({ dataDir, durable: true, log });
    await first.stop();
    const { cluster } = choosePlace({ dataDir, binaries: findBinaries(), log });
    // It takes no connections until it is told to lead.
    writeFileSync(join(cluster, 'standby.signal'), '');
    appendFileSync(join(cluster, 'postgresql.conf'), 'hot_standby = off\n');
    const again = startEmbeddedPostgres({ dataDir, durable: true, startTimeoutMs: 2_000, log });
    await expect(again).rejects.toThrow('PostgreSQL was not ready after 2 s');
    expect(readPostmaster(cluster)).toBeUndefined();
  });

  it('takes another port when its own was taken meanwhile', async () => {
    const first = await startEmbeddedPostgres({ dataDir, durable: true, log });
    await first.stop();
    const squatter = createServer().listen(Number(new URL(first.url).port), '127.0.0.1');
    await once(squatter, 'listening');
    try {
      const second = await startEmbeddedPostgres({ dataDir, durable: true, log });
      expect(new URL(second.url).port).not.toBe(new URL(first.url).port);
      expect(await ask(second.url, 'select 1 as one')).toEqual([{ one: 1 }]);
      await second.stop();
    } finally {
      squatter.close();
    }
  });

  it('begins anew after a first start that was cut short', async () => {
    mkdirSync(join(dataDir, 'postgres.unfinished'), { recursive: true });
    writeFileSync(join(dataDir, 'postgres.unfinished', 'PG_VERSION'), '18\n');
    writeFileSync(join(dataDir, 'postgres.password'), 'left behind');
    writeFileSync(join(dataDir, 'start.lock'), '999999999 gone');
    const postgres = await startEmbeddedPostgres({ dataDir, durable: true, log });
    expect(await ask(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(existsSync(join(dataDir, 'postgres.password'))).toBe(false);
    await postgres.stop();
  });

  it.each(['anything', 'postgres'])(
    'is not misled by a process id that another program has now, with %s in its command',
    async (word) => {
      const first = await startEmbeddedPostgres({ dataDir, durable: true, log });
      await first.stop();
      const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', word], { stdio: 'ignore', ...owner(dataDir) });
      children.push(stranger);
      writeFileSync(join(dataDir, 'postgres', 'postmaster.pid'), `${stranger.pid}\n${dataDir}\n0\n1\n\n127.0.0.1\n\nready\n`);
      const second = await startEmbeddedPostgres({ dataDir, durable: true, log });
      expect(second.adopted).toBe(false);
      expect(await ask(second.url, 'select 1 as one')).toEqual([{ one: 1 }]);
      await second.stop();
      expect(stranger.exitCode ?? stranger.signalCode).toBe(null);
    },
    60_000,
  );

  it('leaves nothing behind when it was not durable', async () => {
    const postgres = await startEmbeddedPostgres({ dataDir, durable: false, log });
    await postgres.stop();
    expect(existsSync(join(dataDir, 'postgres'))).toBe(false);
  });

  it.runIf(process.getuid?.() === 0)('runs for root in a folder that PostgreSQL cannot enter', async () => {
    chmodSync(folder, 0o700);
    const said: string[] = [];
    const postgres = await startEmbeddedPostgres({ dataDir, durable: false, log: (message) => said.push(message) });
    expect(await ask(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    const [place = ''] = said.flatMap((message) => /its data is in (.*)$/.exec(message)?.[1] ?? []);
    expect(readFileSync(join(place, 'origin'), 'utf8')).toBe(dataDir);
    await postgres.stop();
    expect(existsSync(join(place, 'postgres'))).toBe(false);
  });

  it('says what went wrong when the password is lost, instead of making another', async () => {
    const postgres = await startEmbeddedPostgres({ dataDir, durable: true, log });
    await postgres.stop();
    rmSync(join(dataDir, 'postgres.json'));
    await expect(startEmbeddedPostgres({ dataDir, durable: true, log })).rejects.toThrow('delete that folder to begin anew');
  });
});
