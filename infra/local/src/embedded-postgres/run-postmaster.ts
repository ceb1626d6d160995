import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { holdPipe, takeHold } from './hold.ts';
import type { Place } from './place/choose-place.ts';
import { findStranger, readPostmaster } from './postmaster-file.ts';
import { serverEnvironment } from './server-environment.ts';

export type RunOptions = { port: number; maxConnections: number; durable: boolean; startTimeoutMs?: number | undefined };

// The guard reads until the last writer of the pipe is gone, then stops the server without waiting for its clients.
// The first writer is a `cat` fed by our end of its standard input, which closes when this process does: the server is held before
// it starts. The guard has a session of its own, so that Ctrl-C in a terminal reaches us, and us alone.
// A server that is asked to stop while it recovers from a crash (a disk that was full) can wait for ever: then it is ended without a checkpoint, and
// recovers at the next start. When the server ends by itself nobody waits on to stop it: its number may be another program's by then.
/** What a stop with its checkpoint may take. The next start waits longer than that for a server that stops. */
const FAST_STOP_S = 10;

const GUARD = `pipe=$1; shift
rm -f "$pipe"; mkfifo -m 600 "$pipe" || exit 1
exec 3<&0 </dev/null
cat <&3 >"$pipe" &
"$@" 3<&- &
server=$!
(wait_for_end() { cat "$pipe" >/dev/null; kill -INT $server 2>/dev/null; sleep ${FAST_STOP_S} >/dev/null 2>&1; kill -QUIT $server 2>/dev/null; }; wait_for_end) 3<&- &
waiting=$!
exec 3<&-
wait $server
code=$?
kill $waiting 2>/dev/null
rm -f "$pipe"
exit $code`;

const LOG_BYTES_MAX = 10 * 1024 * 1024;
/** Long, because a server that was killed replays its log first. */
const START_TIMEOUT_MS = 60_000;
const POLL_MS = 10;
const RELEASE_TIMEOUT_MS = 500;

/** Runs the server of a data directory until `release`, and answers when it takes connections. One that does not within `startTimeoutMs` is stopped. */
export async function runPostmaster(
  place: Place,
  options: RunOptions,
): Promise<{ ended: Promise<void>; release(): Promise<'stopped' | 'in use'> }> {
  const log = openLog(place.logFile);
  const stranger = findStranger(place.cluster);
  const child = spawn(
    '/bin/sh',
    ['-c', GUARD, 'guard', holdPipe(place.cluster), join(place.binaries, 'bin', 'postgres'), ...settings(place, options)],
    {
      ...place.account,
      cwd: '/',
      // The server takes any process with the number in its lock file for another server, but for its own ancestors (CreateLockFile); that no
      // process of the last server is left it still finds out by itself, from its shared memory.
      env: { ...serverEnvironment(), ...(stranger === undefined ? {} : { PG_GRANDPARENT_PID: String(stranger) }) },
      stdio: ['pipe', log.fd, log.fd],
      detached: true,
    },
  );
  closeSync(log.fd);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()).once('error', () => resolve()));
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
  const { stdin } = child;
  try {
    await untilReady(place, { hasEnded, logFrom: log.from, timeoutMs: options.startTimeoutMs ?? START_TIMEOUT_MS });
  } catch (error) {
    stdin?.end();
    if (!hasEnded()) await ended;
    throw error;
  }
  // A server must not keep alive a program that has nothing else to do.
  child.unref();
  if (stdin instanceof Socket) stdin.unref();
  return {
    ended,
    async release() {
      child.ref();
      stdin?.end();
      if (!hasEnded() && (await staysHeld(place.cluster))) {
        child.unref();
        return 'in use';
      }
      if (!hasEnded()) await ended;
      return 'stopped';
    },
  };
}

function settings({ cluster }: Place, { port, maxConnections, durable }: RunOptions): string[] {
  const given = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: maxConnections,
    shared_buffers: '128MB',
    logging_collector: 'off',
    log_destination: 'stderr',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return ['-D', cluster, ...Object.entries(given).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

function openLog(file: string): { fd: number; from: number } {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LOG_BYTES_MAX) truncateSync(file);
  return { fd: openSync(file, 'a', 0o600), from: size > LOG_BYTES_MAX ? 0 : size };
}

type Start = { hasEnded: () => boolean; logFrom: number; timeoutMs: number };

async function untilReady({ cluster, logFile }: Place, { hasEnded, logFrom, timeoutMs }: Start): Promise<void> {
  const giveUpAt = performance.now() + timeoutMs;
  while (readPostmaster(cluster)?.ready !== true) {
    const said = (): string => readFileSync(logFile).subarray(logFrom).toString().trim().slice(-800);
    if (hasEnded()) throw new Error(`PostgreSQL stopped while starting: ${said()}`);
    if (performance.now() > giveUpAt) throw new Error(`PostgreSQL was not ready after ${timeoutMs / 1000} s: ${said()}`);
    await pause(POLL_MS);
  }
}

/** Whether others hold the server, once our own hold is certain to be gone. */
async function staysHeld(cluster: string): Promise<boolean> {
  const until = performance.now() + RELEASE_TIMEOUT_MS;
  while (performance.now() < until) {
    const hold = takeHold(cluster);
    if (hold === undefined) return false;
    hold[Symbol.dispose]();
    await pause(POLL_MS);
  }
  return true;
}
