// For tests of commands: a database and a data directory of their own, and what a command says.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase } from '@portico/service-kit/testing';
import type { Command } from './command.ts';
import { runCli } from './run-cli.ts';

export type Said = { code: number; out: string; err: string };

export type CommandTest = AsyncDisposable & {
  readonly databaseUrl: string;
  /** What commands see of the environment. */
  readonly env: Readonly<Record<string, string> & { DATA_DIR: string }>;
  run(...args: string[]): Promise<Said>;
};

export async function openCommandTest(commands: readonly Command[], more: Readonly<Record<string, string>> = {}): Promise<CommandTest> {
  const database = await createTestDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), 'portico-command-'));
  const env = { DATA_DIR: dataDir, DATABASE_URL: database.url, ...more };
  return {
    databaseUrl: database.url,
    env,
    async run(...args) {
      const said: { out: string[]; err: string[] } = { out: [], err: [] };
      const io = {
        env,
        out: (text: string) => void said.out.push(text),
        err: (text: string) => void said.err.push(text),
        readInput: async () => Buffer.alloc(0),
        now: () => new Date(),
      };
      const code = await runCli(commands, args, io);
      return { code, out: said.out.join('\n'), err: said.err.join('\n') };
    },
    async [Symbol.asyncDispose]() {
      await database[Symbol.asyncDispose]();
      rmSync(dataDir, { recursive: true });
    },
  };
}
