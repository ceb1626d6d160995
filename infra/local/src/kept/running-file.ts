import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { isAlive } from '../machine/is-alive.ts';
import { readPrivateFile, writePrivateFile } from './private-file.ts';

const running = z.object({ pid: z.number().int(), publicUrl: z.string(), internalUrl: z.string() });

/** Where the platform of a data folder listens. After a crash it tells where it did. */
export type Running = z.infer<typeof running>;

/** Of several platforms that run, the last one is told of; when it ends, the one before it again. */
export function announceRunning(dataDir: string, where: Running): Disposable {
  const before = findRunning(dataDir);
  writePrivateFile(fileOf(dataDir), where);
  return {
    [Symbol.dispose]() {
      if (findRunning(dataDir)?.pid !== where.pid) return;
      if (before !== undefined && before.pid !== where.pid && isAlive(before.pid)) writePrivateFile(fileOf(dataDir), before);
      else rmSync(fileOf(dataDir), { force: true });
    },
  };
}

/** What the file says; nothing when it is broken. */
export function findRunning(dataDir: string): Running | undefined {
  try {
    return readRunning(dataDir);
  } catch {
    return undefined;
  }
}

export function readRunning(dataDir: string): Running | undefined {
  return readPrivateFile(fileOf(dataDir), running);
}

function fileOf(dataDir: string): string {
  return join(dataDir, 'running.json');
}
