import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The server that has a data directory open. */
export type Postmaster = { pid: number; port: number; ready: boolean };

/** Reads `postmaster.pid` (PostgreSQL, miscadmin.h: LOCK_FILE_LINE_*). Undefined when no server runs, whatever the file says. */
export function readPostmaster(cluster: string): Postmaster | undefined {
  let lines: string[];
  try {
    lines = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return undefined;
  }
  const [pid = NaN, port = NaN] = [Number(lines[0]), Number(lines[3])];
  return isPostgres(pid) ? { pid, port, ready: lines[7]?.trim() === 'ready' } : undefined;
}

// After a restart of the machine or the container the number in the file may be another program's.
function isPostgres(pid: number): boolean {
  if (!Number.isInteger(pid) || pid < 1 || !isAlive(pid)) return false;
  return commandOf(pid).includes('postgres');
}

/** Whether a process with this id exists, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function commandOf(pid: number): string {
  if (process.platform !== 'linux') return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
