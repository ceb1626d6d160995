// A folder outside every checkout, for a root user whose checkout PostgreSQL's account cannot enter.
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPostmaster } from '../postmaster-file.ts';
import type { Account } from './account.ts';

export type SharedFolder = { forBinaries(version: string): string; forCluster(dataDir: string): string };

const PARENTS = ['/var/tmp', '/tmp'];
/** Beside a cluster: the data folder it belongs to. */
const ORIGIN_FILE = 'origin';

export function createSharedFolder(account: Account, parents: readonly string[] = PARENTS): SharedFolder {
  const open = (): string => {
    const parent = parents.find((folder) => existsSync(folder));
    if (parent === undefined) throw new Error(`There is no ${parents.join(' or ')} for the data of PostgreSQL. Set DATABASE_URL.`);
    return ownFolder(join(parent, `portico-postgres-${account.uid}`));
  };
  return {
    forBinaries: (version) => join(open(), `binaries-${version}`),
    forCluster(dataDir) {
      const shared = open();
      removeAbandoned(shared);
      const folder = join(shared, `data-${createHash('sha256').update(dataDir).digest('hex').slice(0, 16)}`);
      mkdirSync(folder, { recursive: true, mode: 0o755 });
      writeFileSync(join(folder, ORIGIN_FILE), dataDir, { mode: 0o600 });
      return folder;
    },
  };
}

// Everybody may create names in /var/tmp. A folder that somebody else made, or may write to, could hold programs that are not ours.
function ownFolder(path: string): string {
  mkdirSync(path, { recursive: true, mode: 0o755 });
  const { uid, mode } = lstatSync(path);
  if (uid !== process.getuid?.() || (mode & 0o022) !== 0 || !lstatSync(path).isDirectory()) {
    throw new Error(`${path} belongs to somebody else. Remove it, or set DATABASE_URL to a PostgreSQL 15 or newer.`);
  }
  return path;
}

/** Deletes clusters whose data folder is gone: a deleted checkout, a test that was killed. */
function removeAbandoned(shared: string): void {
  for (const name of readdirSync(shared).filter((entry) => entry.startsWith('data-'))) {
    const folder = join(shared, name);
    const originFile = join(folder, ORIGIN_FILE);
    if (!existsSync(originFile) || existsSync(readFileSync(originFile, 'utf8'))) continue;
    if (readPostmaster(join(folder, 'postgres')) === undefined) rmSync(folder, { recursive: true, force: true });
  }
}
