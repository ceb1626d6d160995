import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '@portico/local/embedded-postgres/start-embedded-postgres';

/** The address of a PostgreSQL for a benchmark: TEST_DATABASE_URL, or an embedded one that goes with `opened`. */
export async function openBenchServer(opened: AsyncDisposableStack): Promise<string> {
  const given = process.env.TEST_DATABASE_URL;
  if (given !== undefined) return given;
  const dataDir = await mkdtemp(join(tmpdir(), 'portico-bench-'));
  opened.defer(() => rm(dataDir, { recursive: true, force: true }));
  const postgres = await startEmbeddedPostgres({ dataDir, durable: false, maxConnections: 300, log: () => {} });
  opened.defer(() => postgres.stop());
  return postgres.url;
}
