import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json, text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { testEnvironment } from '@portico/service-kit/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { natsServer } from '../child-servers/nats-server.ts';
import { redisServer } from '../child-servers/redis-server.ts';
import { isInstalled } from '../child-servers/start-child-server.ts';
import { choosePlace } from '../embedded-postgres/place/choose-place.ts';
import { findBinaries } from '../embedded-postgres/place/find-binaries.ts';
import { readPostmaster } from '../embedded-postgres/postmaster-file.ts';

const program = fileURLToPath(new URL('../main.ts', import.meta.url));
let dataDir = '';
const children: ChildProcess[] = [];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'portico-run-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
});

/** A first start makes a database and imports all programs; a machine that does other things too takes its time. */
const STARTED_WITHIN_MS = 180_000;

/** A start that has printed everything, complaints and all, as on a terminal. */
async function start(
  env: Readonly<Record<string, string>> = { REDIS_URL: 'none', NATS_URL: 'none' },
): Promise<{ child: ChildProcess; said: () => string }> {
  const child = spawn('sh', ['-c', 'exec "$0" "$@" 2>&1', process.execPath, program], {
    env: testEnvironment({ DATA_DIR: dataDir, PORT: '0', INTERNAL_PORT: '0', ...env }),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
  });
  await expect.poll(() => printed, { timeout: STARTED_WITHIN_MS }).toContain('curl -sS');
  return { child, said: () => printed };
}

function keyOf(printed: string): string | undefined {
  return /ak_test_\w+/.exec(printed)?.[0];
}

/** Asked to end by this signal, as often as given; answers exit code and signal. */
async function end(child: ChildProcess, signal: NodeJS.Signals, times = 1): Promise<unknown> {
  const ended = once(child, 'exit');
  for (let time = 0; time < times; time += 1) child.kill(signal);
  return ended;
}

describe('npm start', { timeout: 3 * STARTED_WITHIN_MS }, () => {
  it('prints a line that, pasted into a shell, reads two orders; and says in one sentence that a port is taken', async () => {
    const { said } = await start();
    const line = /^T=.*$/m.exec(said())?.[0] ?? '';
    const shell = spawn('bash', ['-c', line], { stdio: ['ignore', 'pipe', 'inherit'] });
    expect(await json(shell.stdout)).toMatchObject({ data: [{ id: expect.stringMatching(/^order_/) }, {}], pagination: { total: 500 } });
    const PORT = /http:\/\/127\.0\.0\.1:(\d+)\/api/.exec(said())?.[1] ?? '';
    const second = spawn(process.execPath, [program], {
      env: testEnvironment({ DATA_DIR: join(dataDir, 'second'), PORT, INTERNAL_PORT: '0', REDIS_URL: 'none', NATS_URL: 'none' }),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    children.push(second);
    const [complaint, [code]] = await Promise.all([text(second.stderr), once(second, 'exit')]);
    expect(code).toBe(1);
    expect(complaint).toMatch(/^\[portico\] listen EADDRINUSE.*PORT=0/);
    expect(readFileSync(join(dataDir, 'second', 'postgres.log'), 'utf8')).toContain('database system is shut down');
  });

  it.each(['SECRET_KEYS', 'BLIND_INDEX_KEY'])('ends, and says why, when %s is malformed', async (name) => {
    const child = spawn(process.execPath, [program], {
      env: testEnvironment({ DATA_DIR: dataDir, PORT: '0', INTERNAL_PORT: '0', REDIS_URL: 'none', NATS_URL: 'none', [name]: '1:abc' }),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    children.push(child);
    const [complaint, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    expect(code).toBe(1);
    expect(complaint).toContain('bytes, not 32');
  });

  it('starts again after SIGKILL, with the same key and the data it had; and stops cleanly however often Ctrl-C is pressed', async () => {
    const first = await start();
    await end(first.child, 'SIGKILL');
    const second = await start();
    expect(keyOf(second.said())).toBe(keyOf(first.said()));
    expect(second.said()).not.toContain('added demo data');
    expect(await end(second.child, 'SIGINT', 3)).toEqual([0, null]);
    expect(second.said()).toContain('[portico] stopping');
    expect(readFileSync(join(dataDir, 'postgres.log'), 'utf8')).toMatch(/database system is shut down\s*$/);
  });

  it('ends, and says why, when its PostgreSQL is killed, in every process that uses it; and starts again with the data', async () => {
    const [first, second] = [await start(), await start()];
    const { cluster } = choosePlace({ dataDir, binaries: findBinaries(), log: () => {} });
    const ended = [first, second].map(({ child }) => once(child, 'close'));
    process.kill(readPostmaster(cluster)?.pid ?? Number.NaN, 'SIGKILL');
    expect(await Promise.all(ended)).toEqual([
      [1, null],
      [1, null],
    ]);
    for (const { said } of [first, second])
      expect(said().trimEnd().split('\n').at(-1)).toMatch(/PostgreSQL has ended by itself.*postgres\.log.*start again/);
    const again = await start();
    expect(keyOf(again.said())).toBe(keyOf(first.said()));
  });

  it.skipIf(![natsServer, redisServer].every(isInstalled))(
    'brings Redis and NATS along when nothing else is said (needs both on PATH)',
    async () => {
      const { child, said } = await start({});
      expect(said()).toMatch(/redis +Redis \S+, a child of this process, at redis:\/\/127/);
      expect(said()).toMatch(/nats +NATS \S+ with JetStream, a child of this process, at nats:\/\/127/);
      const api = /http:\/\/127\.0\.0\.1:\d+(?=\/api\/health)/.exec(said())?.[0];
      expect(await (await fetch(`${api}/api/health`)).json()).toMatchObject({
        dependencies: { nats: { status: 'up' }, redis: { status: 'up' } },
      });
      expect(await end(child, 'SIGTERM')).toEqual([0, null]);
    },
  );
});
