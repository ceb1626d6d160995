// PostgreSQL as a child of this process, from binaries that npm installed. It lives as long as any process of this checkout uses it:
// every user holds a pipe to the guard beside the server, and the guard stops the server when the last one closes, even by SIGKILL.
import { mkdir, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { choosePort, isPortTaken } from '../machine/free-port.ts';
import { withStartLock } from '../machine/start-lock.ts';
import { adoptRunning } from './adopt-running.ts';
import { type ClusterState, loadClusterState, saveClusterState } from './cluster-state.ts';
import { createCluster, createDatabase, DATABASE, DATABASE_USER } from './create-cluster.ts';
import { choosePlace, type Place } from './place/choose-place.ts';
import { findBinaries } from './place/find-binaries.ts';
import { runPostmaster } from './run-postmaster.ts';

export type EmbeddedPostgresOptions = {
  /** Folder of this checkout's data. It also keeps the password and the port. */
  dataDir: string;
  /** False for tests: faster, not safe against a power cut, and the data is deleted at the stop. */
  durable: boolean;
  maxConnections?: number;
  /** A minute by default: a server that was killed replays its log first. */
  startTimeoutMs?: number;
  log: (message: string) => void;
};

export type EmbeddedPostgres = {
  url: string;
  /** True when another process of this checkout had started it. */
  adopted: boolean;
  /** Resolves when the server has ended. */
  ended: Promise<void>;
  /** Lets go of the server. It stops, unless another process still uses it. */
  stop(): Promise<void>;
};

const PORT_TRIES = 20;
const MAX_CONNECTIONS = 100;

/** Starts the server of `dataDir`, or joins the one that runs already. Throws with advice when this machine cannot run it. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = resolve(options.dataDir);
  await mkdir(dataDir, { recursive: true });
  return withStartLock(dataDir, async () => {
    const place = choosePlace({ dataDir, binaries: findBinaries(), log: options.log });
    const state = loadClusterState(dataDir, place.cluster);
    const running = await adoptRunning(place, options.log);
    if (running !== undefined) {
      const { port, ended, release } = running;
      return { url: urlOf(state, port), adopted: true, ended, stop: release };
    }
    await createCluster(place, state, options.log);
    return start(place, state, { ...options, dataDir });
  });
}

async function start(place: Place, state: ClusterState, options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  for (let tries = 1; ; tries++) {
    const port = await choosePort(options.dataDir, state.port);
    try {
      const postmaster = await runPostmaster(place, { ...options, port, maxConnections: options.maxConnections ?? MAX_CONNECTIONS });
      await createDatabase(urlOf(state, port, 'postgres'));
      if (port !== state.port) saveClusterState(options.dataDir, { ...state, port });
      const { ended, release } = postmaster;
      return { url: urlOf(state, port), adopted: false, ended, stop: () => stop(release, place, options.durable) };
    } catch (error) {
      // Between our look at the port and the server's, another program may have taken it.
      if (tries === PORT_TRIES || !(await isPortTaken(port))) throw error;
    }
  }
}

async function stop(release: () => Promise<'stopped' | 'in use'>, place: Place, durable: boolean): Promise<void> {
  if ((await release()) === 'stopped' && !durable) await rm(place.cluster, { recursive: true, force: true });
}

export function urlOf({ password }: ClusterState, port: number, database = DATABASE): string {
  return `postgres://${DATABASE_USER}:${password}@127.0.0.1:${port}/${database}`;
}
