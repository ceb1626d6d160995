// The servers that the integration and scenario suites talk to: the PostgreSQL at TEST_DATABASE_URL, else an embedded one for this run.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export default async function setup(): Promise<() => Promise<void>> {
  if (process.env.TEST_DATABASE_URL !== undefined) return async () => {};
  const { startEmbeddedPostgres } = await import('@portico/local/embedded-postgres/start-embedded-postgres');
  const dataDir = await mkdtemp(join(tmpdir(), 'portico-test-'));
  const postgres = await startEmbeddedPostgres({ dataDir, durable: false, maxConnections: 300, log: () => {} });
  process.env.TEST_DATABASE_URL = postgres.url;
  return async () => {
    delete process.env.TEST_DATABASE_URL;
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
}
