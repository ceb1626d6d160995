import { spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from '../machine/is-alive.ts';

/** The server that has a data directory open. */
export type Postmaster = { pid: number; port: number; ready: boolean };

/** Reads `postmaster.pid` (PostgreSQL, miscadmin.h: LOCK_FILE_LINE_*). Undefined when no server runs, whatever the file says. */
export function readPostmaster(cluster: string): Postmaster | undefined {
  const file = readLockFile(cluster);
  return file !== undefined && servesFrom(file.pid, cluster) ? file : undefined;
}

/** The process that the file names and that is another program: it got the number after a restart of the machine or the container. */
export function findStranger(cluster: string): number | undefined {
  const pid = readLockFile(cluster)?.pid ?? Number.NaN;
  return isAlive(pid) && !servesFrom(pid, cluster) ? pid : undefined;
}

function readLockFile(cluster: string): Postmaster | undefined {
  let lines: string[];
  try {
    lines = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return undefined;
  }
  return { pid: Number(lines[0]), port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' };
}

/** A server works in its data directory, and was started with its path. Another server of this machine is a stranger too. */
function servesFrom(pid: number, cluster: string): boolean {
  if (!isAlive(pid)) return false;
  if (process.platform !== 'linux') {
    const { stdout } = spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
    return stdout.includes('postgres') && stdout.includes(cluster);
  }
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(cluster);
  } catch {
    // It has ended, or belongs to somebody else.
    return false;
  }
}
