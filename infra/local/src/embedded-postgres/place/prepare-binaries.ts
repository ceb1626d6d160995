import { cpSync, existsSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Binaries } from './find-binaries.ts';

/** Answers a folder whose programs can run: the installed one, or a copy where that one is out of reach or cannot be completed. */
export function prepareBinaries(
  binaries: Binaries,
  options: { usableInPlace: boolean; copyTo: (version: string) => string; log: (message: string) => void },
): string {
  if (options.usableInPlace && makeLinks(binaries.root, binaries)) return binaries.root;
  const copy = options.copyTo(binaries.version);
  if (existsSync(copy)) return copy;
  options.log(`copying the PostgreSQL programs to ${copy} (once)`);
  // Under another name until it is whole: a copy that was cut short must not be taken for one that was not.
  const unfinished = `${copy}.${process.pid}`;
  cpSync(binaries.root, unfinished, { recursive: true, verbatimSymlinks: true });
  if (!makeLinks(unfinished, binaries))
    throw new Error(`Cannot create links in ${unfinished}. Set DATABASE_URL to a PostgreSQL 15 or newer.`);
  try {
    renameSync(unfinished, copy);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(copy)) throw error;
  }
  return copy;
}

function makeLinks(root: string, { links }: Binaries): boolean {
  for (const { source, target } of links) {
    const path = join(root, target);
    if (existsSync(path)) continue;
    try {
      symlinkSync(basename(source), path);
    } catch {
      // Another start may have made it meanwhile; a read-only folder has not.
      if (!existsSync(path)) return false;
    }
  }
  return true;
}
