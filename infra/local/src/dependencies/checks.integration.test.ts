import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasNatsServer } from '@portico/service-kit/bus/nats/nats-testing';
import { createTestDatabase } from '@portico/service-kit/testing';
import { startTestServer } from '@portico/service-kit/testing-server';
import { describe, expect, it } from 'vitest';
import { withoutCredentials } from './check.ts';
import { checkNats } from './check-nats.ts';
import { checkPostgres } from './check-postgres.ts';
import { checkRedis } from './check-redis.ts';

/** A port that accepts connections and never says a word. */
async function silentPort(): Promise<AsyncDisposable & { port: number }> {
  const sockets = new Set<{ destroy(): void }>();
  const server = createServer((socket) => sockets.add(socket.on('error', () => {})));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return {
    port: address.port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const CHECKS = [
  ['postgres', checkPostgres],
  ['redis', checkRedis],
  ['nats', checkNats],
] as const;

describe('the checks of dependencies', () => {
  it('find a PostgreSQL that answers', async () => {
    await using database = await createTestDatabase();
    expect(await checkPostgres(database.url, 20_000)).toMatchObject({ ok: true, detail: expect.stringMatching(/^PostgreSQL \d+/) });
  });

  it.each(CHECKS)('say that %s does not answer where nobody listens', async (scheme, check) => {
    expect(await check(`${scheme}://127.0.0.1:1`, 1_000)).toMatchObject({ ok: false, problem: expect.stringContaining('does not answer') });
  });

  it.skipIf(!hasNatsServer)('find that a NATS has JetStream, and this account of it has not (needs nats-server on PATH)', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'portico-accounts-'));
    const file = join(folder, 'server.conf');
    const user = (name: string): string => `users: [{ user: ${name}, password: secret }]`;
    const accounts = `accounts { with { jetstream: enabled, ${user('with')} }, without { ${user('without')} } }`;
    writeFileSync(file, `jetstream { store_dir: ${JSON.stringify(folder)} }\n${accounts}\n`);
    const urlAs = (name: string, port: number | string): string => `nats://${name}:secret@127.0.0.1:${port}`;
    await using server = await startTestServer({
      command: 'nats-server',
      argumentsFor: (port) => ['-c', file, '--addr', '127.0.0.1', '--port', String(port)],
      url: (port) => urlAs('with', port),
      answers: async (url) => (await checkNats(url, 20_000)).ok,
    });
    const { port } = new URL(server.url);
    expect(await checkNats(urlAs('without', port), 20_000)).toMatchObject({
      ok: false,
      problem: expect.stringContaining('JetStream does not'),
    });
    expect(await checkNats(urlAs('nobody', port), 20_000)).toMatchObject({ ok: false, problem: expect.stringMatching(/authorization/i) });
    await server.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(CHECKS)('give up on a %s that accepts and stays silent', async (scheme, check) => {
    await using silent = await silentPort();
    expect(await check(`${scheme}://127.0.0.1:${silent.port}`, 300)).toMatchObject({ ok: false });
  });
});

describe('withoutCredentials', () => {
  it('shows neither user nor password nor parameters', () => {
    expect(withoutCredentials('postgres://user:secret@db.example:5432/main?password=secret')).toBe('postgres://db.example:5432/main');
  });
});
