import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { killServer, SHOWS_PROCESSES } from '../testing/processes.ts';
import { natsServer } from './nats-server.ts';
import { redisServer } from './redis-server.ts';
import { isInstalled, type ServerKind, startChildServer } from './start-child-server.ts';

let dataDir = '';
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'portico-child-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 }));

/** A server that is not there refuses at once. */
const PATIENT_MS = 20_000;

function answers(kind: ServerKind, url: string): Promise<boolean> {
  return kind.check(url, PATIENT_MS).then(({ ok }) => ok);
}

describe.each([natsServer, redisServer].map((kind) => [kind.command, kind] as const))('%s as a child', (command, kind) => {
  describe.skipIf(!isInstalled(kind))(`(needs ${command} on PATH)`, () => {
    it('runs under a password that only its owner may read, is joined by a second start, and stops with the first', async () => {
      const first = await startChildServer(kind, dataDir);
      const second = await startChildServer(kind, dataDir);
      expect([first.adopted, second.adopted, second.url]).toEqual([false, true, first.url]);
      const stranger = new URL(first.url);
      stranger.username = '';
      stranger.password = '';
      expect(await answers(kind, stranger.href)).toBe(false);
      for (const file of ['server.conf', 'server.json']) expect(statSync(join(dataDir, kind.name, file)).mode & 0o077).toBe(0);
      await second.stop();
      expect(await answers(kind, first.url)).toBe(true);
      await first.stop();
      expect(await answers(kind, first.url)).toBe(false);
    });

    it.skipIf(!SHOWS_PROCESSES)('leaves nobody behind who would stop it, once it has ended by itself (needs /proc)', async () => {
      const { stop } = await startChildServer(kind, dataDir);
      const guards = killServer(command, join(dataDir, kind.name));
      await expect.poll(guards).toEqual([]);
      await stop();
    });

    it('stops when the process that started it is killed, and starts again at the same address', async () => {
      const holder = fork(new URL('../testing/hold-child-server.ts', import.meta.url), [kind.name, dataDir]);
      const [{ url }] = (await once(holder, 'message')) as [{ url: string }];
      expect(await answers(kind, url)).toBe(true);
      holder.kill('SIGKILL');
      await expect.poll(() => answers(kind, url)).toBe(false);
      const again = await startChildServer(kind, dataDir);
      expect([again.url, again.adopted]).toEqual([url, false]);
      await again.stop();
    });
  });
});
