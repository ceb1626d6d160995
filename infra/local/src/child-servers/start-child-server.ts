// A server from PATH as a child of this process, on a port and under a password of its own. A guard beside it reads a pipe that closes
// when this process ends, however it ends, and stops the server then; not one that has ended by itself, whose number may be another program's by
// then. One that outlived even its guard is joined by the next start.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { Check } from '../dependencies/check.ts';
import { readPrivateFile, writePrivateFile } from '../kept/private-file.ts';
import { choosePort } from '../machine/free-port.ts';
import { withStartLock } from '../machine/start-lock.ts';

/** A kind of server that can be brought along. */
export type ServerKind = {
  readonly name: 'nats' | 'redis';
  readonly command: string;
  /** Text of its configuration file; `folder` is for its data. */
  configuration(at: { port: number; password: string; folder: string }): string;
  /** Arguments that make it read that file. */
  argumentsFor(file: string): string[];
  url(at: { port: number; password: string }): string;
  check(url: string, timeoutMs: number): Promise<Check>;
};

export type ChildServer = { readonly url: string; readonly detail: string; readonly adopted: boolean; stop(): Promise<void> };

const GUARD = `exec 3<&0 </dev/null
"$@" 3<&- &
server=$!
(cat <&3 >/dev/null; kill -TERM $server 2>/dev/null) &
waiting=$!
exec 3<&-
wait $server
code=$?
kill $waiting 2>/dev/null
exit $code`;

const kept = z.object({ port: z.int(), password: z.string() });

const START_TIMEOUT_MS = 15_000;
const CHECK_TIMEOUT_MS = 1_000;
const POLL_MS = 20;

export function isInstalled({ command }: ServerKind): boolean {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
}

/** Starts the server of this data folder, or joins the one that runs already. Throws when it does not come up, or is too old. */
export async function startChildServer(kind: ServerKind, dataDir: string): Promise<ChildServer> {
  const folder = join(dataDir, kind.name);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return withStartLock(folder, async () => {
    const stateFile = join(folder, 'server.json');
    const last = readPrivateFile(stateFile, kept);
    if (last !== undefined) {
      const running = await kind.check(kind.url(last), CHECK_TIMEOUT_MS);
      if (running.ok) return { url: kind.url(last), detail: running.detail, adopted: true, stop: async () => {} };
    }
    const at = {
      port: await choosePort(`${dataDir} ${kind.name}`, last?.port),
      password: last?.password ?? randomBytes(24).toString('hex'),
    };
    writePrivateFile(stateFile, at);
    return run(kind, at, folder);
  });
}

async function run(kind: ServerKind, at: z.infer<typeof kept>, folder: string): Promise<ChildServer> {
  const [configuration, logFile] = [join(folder, 'server.conf'), join(folder, 'server.log')];
  // Removed first: the mode holds only for a file that is made.
  rmSync(configuration, { force: true });
  writeFileSync(configuration, kind.configuration({ ...at, folder }), { mode: 0o600 });
  const log = openSync(logFile, 'w', 0o600);
  const child = spawn('/bin/sh', ['-c', GUARD, 'guard', kind.command, ...kind.argumentsFor(configuration)], {
    cwd: folder,
    stdio: ['pipe', log, log],
    // A session of its own, so that Ctrl-C in a terminal reaches us, and us alone.
    detached: true,
  });
  closeSync(log);
  const stop = (): Promise<void> => stopGuarded(child);
  const url = kind.url(at);
  const giveUpAt = performance.now() + START_TIMEOUT_MS;
  for (;;) {
    const found = await kind.check(url, CHECK_TIMEOUT_MS);
    if (found.ok) {
      // A server must not keep alive a program that has nothing else to do.
      child.unref();
      if (child.stdin instanceof Socket) child.stdin.unref();
      return { url, detail: found.detail, adopted: false, stop };
    }
    if (hasEnded(child) || performance.now() > giveUpAt) {
      await stop();
      throw new Error(`${kind.command} did not come up: ${found.problem}. ${readFileSync(logFile, 'utf8').trim().slice(-300)}`);
    }
    await pause(POLL_MS);
  }
}

function hasEnded({ exitCode, signalCode, pid }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null || pid === undefined;
}

async function stopGuarded(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  child.ref();
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.stdin?.end();
  await ended;
}
