import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { announceRunning, readRunning } from './running-file.ts';

const NOBODY = 2 ** 30;
const at = (pid: number) => ({ pid, publicUrl: `http://127.0.0.1:${pid}`, internalUrl: 'http://127.0.0.1:1' });

let dataDir = '';
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'portico-running-'));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

it('tells again of the start before, when a second one beside it has ended', () => {
  const first = announceRunning(dataDir, at(process.ppid));
  const second = announceRunning(dataDir, at(process.pid));
  expect(readRunning(dataDir)).toEqual(at(process.pid));
  second[Symbol.dispose]();
  expect(readRunning(dataDir)).toEqual(at(process.ppid));
  first[Symbol.dispose]();
  expect(readRunning(dataDir)).toBeUndefined();
});

it('does not tell of a start before that is gone', () => {
  announceRunning(dataDir, at(NOBODY));
  announceRunning(dataDir, at(process.pid))[Symbol.dispose]();
  expect(readRunning(dataDir)).toBeUndefined();
});
