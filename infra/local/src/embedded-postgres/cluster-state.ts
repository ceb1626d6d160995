import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readPrivateFile, writePrivateFile } from '../kept/private-file.ts';

const clusterState = z.object({ password: z.string(), port: z.number().int().optional() });

/** What must survive between starts: the password of the cluster, and the port that was free last time. */
export type ClusterState = z.infer<typeof clusterState>;

/** Makes it where there is neither state nor cluster. */
export function loadClusterState(dataDir: string, cluster: string): ClusterState {
  const kept = readClusterState(dataDir, cluster);
  if (kept !== undefined) return kept;
  const state = { password: randomBytes(24).toString('base64url') };
  saveClusterState(dataDir, state);
  return state;
}

/** Undefined before the first start. Throws when the cluster is there and its password is not. */
export function readClusterState(dataDir: string, cluster: string): ClusterState | undefined {
  const file = stateFile(dataDir);
  const kept = readPrivateFile(file, clusterState);
  if (kept !== undefined || !existsSync(cluster)) return kept;
  throw new Error(`${file} is gone, and with it the password of ${cluster}. Restore it, or delete that folder to begin anew.`);
}

export function saveClusterState(dataDir: string, state: ClusterState): void {
  writePrivateFile(stateFile(dataDir), state);
}

function stateFile(dataDir: string): string {
  return join(dataDir, 'postgres.json');
}
