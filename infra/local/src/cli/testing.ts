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
  /** With some of the environment changed. */
  runIn(changed: Readonly<Record<string, string>>, ...args: string[]): Promise<Said>;
};

export async function openCommandTest(commands: readonly Command[], more: Readonly<Record<string, string>> = {}): Promise<CommandTest> {
  const database = await createTestDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), 'portico-command-'));
  const env = { DATA_DIR: dataDir, DATABASE_URL: database.url, ...more };
  const runIn: CommandTest['runIn'] = async (changed, ...args) => {
    const said: { out: string[]; err: string[] } = { out: [], err: [] };
    const io = {
      env: { ...env, ...changed },
      out: (text: string) => void said.out.push(text),
      err: (text: string) => void said.err.push(text),
      readInput: async () => Buffer.alloc(0),
      now: () => new Date(),
    };
    const code = await runCli(commands, args, io);
    return { code, out: said.out.join('\n'), err: said.err.join('\n') };
  };
  return {
    databaseUrl: database.url,
    env,
    run: (...args) => runIn({}, ...args),
    runIn,
    async [Symbol.asyncDispose]() {
      await database[Symbol.asyncDispose]();
      rmSync(dataDir, { recursive: true });
    },
  };
}
