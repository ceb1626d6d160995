import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { hasCode } from '../read-error.ts';
import { isAlive } from './is-alive.ts';

const POLL_MS = 50;
/** No start takes longer; a process id may have been given to another program since. */
const STALE_AFTER_MS = 120_000;

/** Lets one process at a time create or start the server of a data folder. A lock whose owner died is taken over. */
export async function withStartLock<Result>(dataDir: string, work: () => Promise<Result>): Promise<Result> {
  const file = join(dataDir, 'start.lock');
  const mine = `${process.pid} ${randomUUID()}`;
  while (!take(file, mine)) {
    if (isStale(file)) rmSync(file, { force: true });
    else await pause(POLL_MS);
  }
  try {
    return await work();
  } finally {
    if (read(file) === mine) rmSync(file, { force: true });
  }
}

function take(file: string, mine: string): boolean {
  try {
    writeFileSync(file, mine, { flag: 'wx' });
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

function isStale(file: string): boolean {
  const age = Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Number.NaN);
  const owner = Number.parseInt(read(file) ?? '', 10);
  return age > STALE_AFTER_MS || (age > POLL_MS && !isAlive(owner));
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
