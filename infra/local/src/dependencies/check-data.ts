import { accessSync, constants, existsSync, readdirSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Check } from './check.ts';

/** A database is made in it, and writes its log there. */
const ROOM_BYTES_MIN = 128 * 1024 * 1024;
const MIB = 1024 * 1024;

/** Whether a start can write to the folder, has room there, and can read what an earlier one left. */
export function checkData(dataDir: string): { check: Check; advice: string } {
  const refused = (problem: string, advice: string) => ({ check: { ok: false as const, problem }, advice });
  const folder = firstExisting(dataDir);
  if (!statSync(folder).isDirectory()) return refused(`${folder} is no folder`, 'Set DATA_DIR to a folder.');
  if (!isWritable(folder)) {
    return refused(`${dataDir} cannot be written to`, 'Make it writable for this user, or set DATA_DIR to a folder that is.');
  }
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize < ROOM_BYTES_MIN) {
    const left = `${Math.floor((bavail * bsize) / MIB)} MiB are left on the disk of ${dataDir}`;
    return refused(`${left}; a start needs ${ROOM_BYTES_MIN / MIB}`, 'Make room, or set DATA_DIR to a folder on another disk.');
  }
  const broken = folder === dataDir ? brokenFile(folder) : undefined;
  if (broken !== undefined)
    return refused(`${broken} is not whole`, 'Restore it, or delete it: infra/local/README.md says what is lost then.');
  return { check: { ok: true, detail: dataDir }, advice: '' };
}

function firstExisting(folder: string): string {
  return existsSync(folder) ? folder : firstExisting(dirname(folder));
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Every start reads all of them. */
function brokenFile(folder: string): string | undefined {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => join(folder, name))
    .find((file) => !isJson(file));
}

function isJson(file: string): boolean {
  try {
    JSON.parse(readFileSync(file, 'utf8'));
    return true;
  } catch {
    return false;
  }
}
