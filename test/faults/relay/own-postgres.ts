// A PostgreSQL of the test's own, durable as in production, which it may kill.
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBinaries } from '@portico/local/embedded-postgres/place/find-binaries';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@portico/local/embedded-postgres/start-embedded-postgres';
import pg from 'pg';

export type OwnPostgres = AsyncDisposable & {
  readonly url: string;
  /** SIGKILL: as if its machine had died, but for what the system still writes to the disk. SIGINT: a restart that does not wait for clients. */
  end(signal: 'SIGKILL' | 'SIGINT'): Promise<void>;
  /** Starts it again at the same address; resolves when it has replayed its log. */
  start(): Promise<void>;
};

/** Whether `startOwnPostgres` can work here. */
export const hasPostgresBinaries: boolean = (() => {
  try {
    return findBinaries().version !== '';
  } catch {
    return false;
  }
})();

export async function startOwnPostgres(): Promise<OwnPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'portico-own-postgres-'));
  // Root lends the server another account, which must be able to come here.
  await chmod(folder, 0o755);
  const start = (): Promise<EmbeddedPostgres> => startEmbeddedPostgres({ dataDir: join(folder, 'data'), durable: true, log: () => {} });
  let running = await start();
  const { url } = running;
  let pid = await postmasterOf(url);
  return {
    url,
    async end(signal) {
      process.kill(pid, signal);
      await running.stop();
    },
    async start() {
      running = await startAgain(start);
      if (running.url !== url) throw new Error(`PostgreSQL came back at ${running.url}.`);
      pid = await postmasterOf(url);
    },
    async [Symbol.asyncDispose]() {
      await running.stop();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Backends of a server that was killed hold its memory until they have noticed; it does not start before. */
async function startAgain(start: () => Promise<EmbeddedPostgres>): Promise<EmbeddedPostgres> {
  const giveUpAt = performance.now() + 30_000;
  for (;;) {
    try {
      return await start();
    } catch (error) {
      if (performance.now() > giveUpAt) throw error;
    }
  }
}

async function postmasterOf(connectionString: string): Promise<number> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    const { rows } = await client.query(`select split_part(pg_read_file('postmaster.pid'), e'\\n', 1)::int as pid`);
    return Number(rows[0]?.pid);
  } finally {
    await client.end();
  }
}
