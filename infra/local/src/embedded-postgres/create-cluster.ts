import { spawn } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { ClusterState } from './cluster-state.ts';
import type { Place } from './place/choose-place.ts';
import { serverEnvironment } from './server-environment.ts';

export const DATABASE = 'portico';
export const DATABASE_USER = 'portico';
const MAJOR_VERSION = '18';

/** Makes the data directory unless there is one. It gets its name only when it is whole: a start that was cut short leaves none. */
export async function createCluster(
  { binaries, cluster, account }: Place,
  state: ClusterState,
  log: (message: string) => void,
): Promise<void> {
  refuseOtherVersion(cluster);
  if (existsSync(cluster)) return;
  log('creating a database (once)');
  const unfinished = `${cluster}.unfinished`;
  const passwordFile = `${cluster}.password`;
  for (const path of [unfinished, passwordFile]) rmSync(path, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  writeFileSync(passwordFile, state.password, { mode: 0o600, flag: 'wx' });
  if (account !== undefined) for (const path of [unfinished, passwordFile]) chownSync(path, account.uid, account.gid);
  try {
    await run(
      join(binaries, 'bin', 'initdb'),
      // biome-ignore format: pairs
      ['-D', unfinished, '-U', DATABASE_USER, '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--encoding=UTF8', '--locale=C',
       '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-instructions', '--no-sync'],
      { ...account, cwd: '/', env: serverEnvironment() },
    );
    renameSync(unfinished, cluster);
  } finally {
    for (const path of [unfinished, passwordFile]) rmSync(path, { recursive: true, force: true });
  }
}

/** Creates the one database that all programs share, unless it is there. */
export async function createDatabase(maintenanceUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: maintenanceUrl });
  // The statement that fails reports it.
  client.on('error', () => {});
  await client.connect();
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`create database "${DATABASE}"`);
  } finally {
    await client.end();
  }
}

/** Throws when the cluster is there and was written by another version. */
export function refuseOtherVersion(cluster: string): void {
  if (!existsSync(cluster)) return;
  const version = readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim();
  if (version === MAJOR_VERSION) return;
  throw new Error(
    `${cluster} was written by PostgreSQL ${version}, and this is ${MAJOR_VERSION}. Move the data by dump and restore, or delete that folder.`,
  );
}

function run(
  program: string,
  args: readonly string[],
  options: { uid?: number; gid?: number; cwd: string; env: NodeJS.ProcessEnv },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`initdb failed: ${said.trim().slice(-800)}`))));
  });
}
