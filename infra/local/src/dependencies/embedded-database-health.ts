import { statfs } from 'node:fs/promises';
import type { Check } from '@portico/mesh/health';
import { databaseHealth } from '@portico/service-kit/database/database-health';
import type { RunStatement } from '@portico/service-kit/reads/reads';

const MIB = 1024 * 1024;
/** Enough to go on writing for a while, and four times what a start asks for. */
const ROOM_BYTES_MIN = 512 * MIB;

/** Of a PostgreSQL on this machine, whose disk is ours to look at. The path stays inside: health is public. */
export async function embeddedDatabaseHealth(
  run: RunStatement,
  statOf: (folder: string) => Promise<{ bavail: number; bsize: number }> = statfs,
): Promise<Check> {
  const health = await databaseHealth(run, 'access');
  if (health.status !== 'up') return health;
  // Its folder need not lie in DATA_DIR; it knows best where it writes.
  const [row] = await run(`select current_setting('data_directory') as folder`, []);
  const { bavail, bsize } = await statOf(String(row?.folder));
  const left = bavail * bsize;
  if (left >= ROOM_BYTES_MIN) return health;
  return {
    status: 'fallback',
    detail: `Its disk is nearly full: ${Math.floor(left / MIB)} MiB are left. Without room it takes no writes.`,
  };
}
