import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readPrivateFile, writePrivateFile } from './private-file.ts';

const running = z.object({ pid: z.number().int(), publicUrl: z.string(), internalUrl: z.string() });

/** Where the platform of a data folder listens. After a crash it tells where it did. */
export type Running = z.infer<typeof running>;

export function announceRunning(dataDir: string, where: Running): Disposable {
  writePrivateFile(fileOf(dataDir), where);
  return {
    [Symbol.dispose]() {
      if (readRunning(dataDir)?.pid === where.pid) rmSync(fileOf(dataDir), { force: true });
    },
  };
}

export function readRunning(dataDir: string): Running | undefined {
  return readPrivateFile(fileOf(dataDir), running);
}

function fileOf(dataDir: string): string {
  return join(dataDir, 'running.json');
}
