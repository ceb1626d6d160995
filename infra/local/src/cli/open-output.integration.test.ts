import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { testEnvironment } from '@portico/service-kit/testing';
import { expect, it } from 'vitest';

const program = fileURLToPath(new URL('../cli.ts', import.meta.url));
const FULL = '/dev/full';

function portico(stdout: 'pipe' | number): ChildProcess {
  return spawn(process.execPath, [program, '--help'], { env: testEnvironment(), stdio: ['ignore', stdout, 'pipe'] });
}

async function endOf(child: ChildProcess): Promise<{ said: string; code: unknown }> {
  if (child.stderr === null) throw new Error('Nothing is heard of it.');
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  return { said, code };
}

it('a command whose reader has gone ends without a word, and has failed', async () => {
  const child = portico('pipe');
  child.stdout?.destroy();
  expect(await endOf(child)).toEqual({ said: '', code: 1 });
});

it.skipIf(!existsSync(FULL))('a command whose output is on a full disk says so, and has failed (needs /dev/full)', async () => {
  const { said, code } = await endOf(portico(openSync(FULL, 'w')));
  expect(said).toMatch(/^The output could not be written: ENOSPC.*\n$/);
  expect(code).toBe(1);
});
