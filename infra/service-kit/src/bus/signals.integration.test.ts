import { randomBytes } from 'node:crypto';
import { connect as connectSocket, createServer, type Socket } from 'node:net';
import { MikroORM } from '@mikro-orm/postgresql';
import { ANYTHING } from '@portico/contracts/access-records';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OutboxEvent } from '../outbox/outbox.ts';
import { createTestDatabase, silentLogger } from '../testing.ts';
import { within } from '../testing-stopwatch.ts';
import { testNatsUrl } from './nats/nats-testing.ts';
import { announce, openSignals, type Signals } from './signals.ts';

const natsUrl = await testNatsUrl();
const NOWHERE = 'nats://127.0.0.1:9';
const OFTEN = { interval: 10 };
const CHANNEL = 'test_signal';

let opened: AsyncDisposableStack;
let databaseUrl = '';
let orm: MikroORM;
beforeEach(async () => {
  opened = new AsyncDisposableStack();
  databaseUrl = opened.use(await createTestDatabase()).url;
  // An entity that is not read: the ORM wants one.
  orm = opened.adopt(await MikroORM.init({ clientUrl: databaseUrl, entities: [OutboxEvent], ensureDatabase: false }), (it) =>
    it.close(true),
  );
});
afterEach(() => opened.disposeAsync());

type Options = { databaseUrl?: string; natsUrl?: string | undefined; namespace?: string; deafMs?: number };

async function listener(options: Options = {}): Promise<{ signals: Signals<typeof CHANNEL>; got: string[] }> {
  const signals = opened.use(await openSignals({ databaseUrl, channels: [CHANNEL], logger: silentLogger, ...options }));
  const got: string[] = [];
  signals.on(CHANNEL, (id) => got.push(id));
  return { signals, got };
}

function say(id: string): Promise<void> {
  return orm.em.fork().transactional((em) => announce(em, CHANNEL, id));
}

describe('signals', () => {
  it('are heard when the transaction commits, and never when it does not', async () => {
    const { got } = await listener();
    const undone = orm.em.fork().transactional(async (em) => {
      await announce(em, CHANNEL, 'undone');
      throw new Error('Undone.');
    });
    await expect(undone).rejects.toThrow('Undone.');
    await say('done');
    await expect.poll(() => got, OFTEN).toEqual(['done']);
  });

  it('are heard while NATS cannot be reached', async () => {
    const { got } = await listener({ natsUrl: NOWHERE });
    await say('one');
    await expect.poll(() => got, OFTEN).toEqual(['one']);
  });

  it('count what was missed as everything, also when the connection only hangs', async () => {
    await using proxy = await startProxy(databaseUrl);
    const { got } = await listener({ databaseUrl: proxy.url });
    proxy.freeze({ forGood: false });
    await say('missed');
    await expect.poll(() => got, OFTEN).toEqual([ANYTHING]);
  });

  it('are acted on within a second though every connection that listens hangs, and no news is missed by them', async () => {
    await using proxy = await startProxy(databaseUrl);
    const listeners = [await listener({ databaseUrl: proxy.url }), await listener({ databaseUrl: proxy.url })];
    for (let round = 1; round <= 3; round += 1) {
      proxy.freeze({ forGood: false });
      const everybody = listeners.map(() => Array(round).fill(ANYTHING));
      await within(1_000, async () => {
        await say('revoked');
        await expect.poll(() => listeners.map(({ got }) => got), OFTEN).toEqual(everybody);
      });
    }
  });

  it('are not mistaken for missed when the program was too busy to listen, or the way was slow', async () => {
    await using proxy = await startProxy(databaseUrl);
    const { got } = await listener({ databaseUrl: proxy.url });
    for (let i = 0; i < 3; i += 1) {
      const until = performance.now() + 800;
      while (performance.now() < until);
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    proxy.delay(700);
    await say('slow');
    await expect.poll(() => got, OFTEN).toEqual(['slow']);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(got).toEqual(['slow']);
  });

  it('count as everything, again and again, to a process that is cut off from PostgreSQL and has no NATS', async () => {
    await using proxy = await startProxy(databaseUrl);
    const deaf = [
      await listener({ databaseUrl: proxy.url, deafMs: 600 }),
      await listener({ databaseUrl: proxy.url, natsUrl: NOWHERE, deafMs: 600 }),
    ];
    proxy.freeze({ forGood: true });
    await expect.poll(() => deaf.map(({ got }) => got.length >= 3), OFTEN).toEqual([true, true]);
    expect(new Set(deaf.flatMap(({ got }) => got))).toEqual(new Set([ANYTHING]));
  });

  describe.skipIf(natsUrl === undefined)('with NATS (needs one at TEST_NATS_URL or 127.0.0.1:4222)', () => {
    it('are acted on once by each, and again when the same thing changes again', async () => {
      const namespace = `test_${randomBytes(6).toString('hex')}`;
      const [one, two] = [await listener({ natsUrl, namespace }), await listener({ natsUrl, namespace })];
      for (const id of ['a', 'a', 'last']) await say(id);
      await expect.poll(() => [one.got.length, two.got.length], OFTEN).toEqual([3, 3]);
      await say('end');
      await expect
        .poll(() => [one.got, two.got], OFTEN)
        .toEqual([
          ['a', 'a', 'last', 'end'],
          ['a', 'a', 'last', 'end'],
        ]);
    });

    it('reach a process whose connection to PostgreSQL hangs, from one whose does not', async () => {
      const namespace = `test_${randomBytes(6).toString('hex')}`;
      await using proxy = await startProxy(databaseUrl);
      const [hanging] = [await listener({ databaseUrl: proxy.url, natsUrl, namespace }), await listener({ natsUrl, namespace })];
      proxy.freeze({ forGood: true });
      // Both are connected to NATS once the one hears what only the other can have heard from PostgreSQL.
      await expect.poll(() => say('warm').then(() => hanging.got), OFTEN).toContain('warm');
      await within(1_000, async () => {
        await say('revoked');
        await expect.poll(() => hanging.got, OFTEN).toContain('revoked');
      });
    });

    it('are waited for in peace by a process that is cut off from PostgreSQL and hears NATS', async () => {
      const namespace = `test_${randomBytes(6).toString('hex')}`;
      await using proxy = await startProxy(databaseUrl);
      const given = { databaseUrl: proxy.url, deafMs: 600 };
      const [hearing, deaf] = [await listener({ ...given, natsUrl, namespace }), await listener(given)];
      const other = await listener({ natsUrl, namespace });
      await expect.poll(() => say('warm').then(() => hearing.got.length >= 1 && other.got.length >= 1), OFTEN).toBe(true);
      hearing.got.length = 0;
      proxy.freeze({ forGood: true });
      await expect.poll(() => deaf.got.filter((id) => id === ANYTHING).length >= 3, OFTEN).toBe(true);
      expect(hearing.got).not.toContain(ANYTHING);
    });
  });
});

type Proxy = AsyncDisposable & { url: string; freeze(how: { forGood: boolean }): void; delay(ms: number): void };

/**
 * Stands between a program and PostgreSQL. Frozen, it keeps the connections it has and carries nothing; frozen for good, it takes no new ones.
 * Delayed, everything takes so long in each direction.
 */
async function startProxy(target: string): Promise<Proxy> {
  const url = new URL(target);
  const { hostname } = url;
  const port = Number(url.port || 5432);
  const sockets = new Set<Socket>();
  let closed = false;
  let delayMs = 0;
  const carry = (from: Socket, to: Socket): void => {
    from.on('data', (bytes) => void (delayMs === 0 ? to.write(bytes) : setTimeout(() => to.writable && to.write(bytes), delayMs)));
    from.on('end', () => to.end());
  };
  const server = createServer((near) => {
    if (closed) return void near.destroy();
    const far = connectSocket(port, hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => {});
    }
    carry(near, far);
    carry(far, near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  url.port = String(address.port);
  url.hostname = '127.0.0.1';
  return {
    url: url.href,
    freeze({ forGood }) {
      closed = forGood;
      for (const socket of sockets) {
        socket.removeAllListeners('data');
        socket.pause();
      }
    },
    delay(ms) {
      delayMs = ms;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
