import { type ChildProcess, fork } from 'node:child_process';
import { testEnvironment } from '@portico/service-kit/testing';
import type { Command, Report } from './saga-process.ts';

export function forkSaga(command: Command, onReport: (report: Report) => void): ChildProcess {
  const env = testEnvironment({ COMMAND: JSON.stringify(command) });
  const child = fork(new URL('./saga-process.ts', import.meta.url), { env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  return child.on('message', (message) => onReport(message as Report));
}

/** Resolves when the process has killed itself, with the requests that were at the point then. */
export async function untilKilled(command: Command): Promise<string[]> {
  let held: string[] = [];
  const child = forkSaga(command, (report) => {
    if (report.kind === 'held') held = report.held;
  });
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) => {
    child.once('exit', (...ended) => resolve(ended));
  });
  if (signal !== 'SIGKILL') throw new Error(`The process ended with ${signal ?? code} before it was at the point.`);
  return held;
}
