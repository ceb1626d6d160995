// Every receiver of the sender's own tests, in front of a whole relay at once, beside one that behaves.

import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { MAX_BODY_BYTES } from '@portico/webhook-relay/sending/exchange';
import { type Answer, response, startReceiver } from '@portico/webhook-relay/testing/start-receiver';
import { testEvent } from '@portico/webhook-relay/testing/start-test-relay';
import { expect, it } from 'vitest';
import { FULL, printCounts } from './counts.ts';
import { forkRelay } from './relay/fork-process.ts';
import { openGround } from './relay/open-ground.ts';
import { startFaultSink } from './sink.ts';

const EVENTS = FULL ? 200 : 20;
/** Long enough for this process, which is all the receivers, to answer. */
const TIMEOUT_MS = 3_000;
const WARM_UP = 1_000;
const ENGINE = { pollMs: 100, leaseMs: 20_000, timeoutMs: TIMEOUT_MS };
const MIB = 1024 * 1024;
const WAVES = 4;
/** What one wave of harm may add to the memory that work takes. */
const MEMORY_GROWTH_MAX = 50 * MIB;
/** What the last wave may add to those before: memory levels off. */
const LAST_WAVE_MAX = 25 * MIB;
/** Once garbage is collected: the bodies that pass through in the large size are 130 MiB. */
const HELD_MAX = 8 * MIB;
const HEAD = 'HTTP/1.1 200 OK\r\n';

/** Writes `bytes` again and again, as fast as they are taken or every `everyMs`, until the connection is gone. */
function flood(socket: Socket, bytes: string, everyMs = 0): void {
  const timer = setInterval(() => {
    do {
      if (socket.destroyed || socket.writableNeedDrain) return;
    } while (socket.write(bytes) && everyMs === 0);
  }, everyMs);
  socket.once('close', () => clearInterval(timer));
}

/** What each does, and what the relay says of it. A status counts, whatever becomes of the body. */
function receivers(elsewhere: string): Readonly<Record<string, readonly [answer: Answer, outcome: 'succeeded' | 'retry', error?: string]>> {
  const bomb = gzipSync(Buffer.alloc(20 * 1024 * 1024));
  const redirect =
    (status: number): Answer =>
    (socket) =>
      socket.write(response(status, { location: elsewhere }));
  const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
  return {
    'drips a byte a second': [
      (socket) => {
        socket.write(`${HEAD}content-length: 99\r\n\r\n`);
        flood(socket, 'x', 1_000);
      },
      'succeeded',
    ],
    'sends a body without end': [
      (socket) => {
        socket.write(`${HEAD}transfer-encoding: chunked\r\n\r\n`);
        flood(socket, chunk);
      },
      'succeeded',
    ],
    'announces 10 GB': [
      (socket) => {
        socket.write(`${HEAD}content-length: 10000000000\r\n\r\n`);
        flood(socket, 'x'.repeat(0x10000));
      },
      'succeeded',
    ],
    'sends headers without end': [(socket) => flood(socket, `${HEAD}${'x-filler: x\r\n'.repeat(2_000)}`), 'retry', 'protocol'],
    'drips its headers': [(socket) => flood(socket, 'HTTP/1.1', 500), 'retry'],
    'floods with 1xx': [(socket) => flood(socket, 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'.repeat(100)), 'retry', 'protocol'],
    'sends a gzip bomb': [(socket) => socket.write(response(200, { 'content-encoding': 'gzip' }, bomb)), 'succeeded'],
    'resets after its headers': [
      (socket) => socket.write(`${HEAD}content-length: 10\r\n\r\nabc`, () => setTimeout(() => socket.resetAndDestroy(), 50)),
      'succeeded',
    ],
    'resets at once': [(socket) => socket.resetAndDestroy(), 'retry', 'reset'],
    'says nothing': [() => {}, 'retry', 'timeout'],
    'redirects (301)': [redirect(301), 'retry'],
    'redirects (302)': [redirect(302), 'retry'],
    'redirects (307)': [redirect(307), 'retry'],
    'redirects (308)': [redirect(308), 'retry'],
    'speaks no HTTP': [(socket) => socket.write('SSH-2.0-OpenSSH_9.6\r\n'), 'retry'],
  };
}

it('receivers that mean harm cost an attempt its deadline and a bounded piece of memory, and others nothing', async () => {
  await using ground = await openGround();
  await using sink = await startFaultSink();
  await using opened = new AsyncDisposableStack();
  await using relay = forkRelay();
  const healthy = await ground.endpoint(sink.urlOf('healthy'));
  await relay.start({ databaseUrl: ground.databaseUrl, engine: ENGINE, clock: { from: Date.now(), speed: 1, aheadMs: 0 } });
  const idle = (await relay.measure()).rss;
  // What work takes is not what harm costs: V8's young generation and the allocator's free lists grow with what passes through them. Honest receivers
  // answer with as much as is kept, too.
  sink.behave('healthy', (_, response) => void response.writeHead(200).end('x'.repeat(MAX_BODY_BYTES)));
  await ground.emit(Array.from({ length: WARM_UP }, () => testEvent()));
  await expect.poll(() => ground.deliveries(), { timeout: 60_000, interval: 50 }).toEqual({ succeeded: WARM_UP });
  sink.behave('healthy', () => 200);
  const { rss: worked } = await relay.measure();
  const { used: holding } = await relay.measure(true);

  const known = receivers(sink.urlOf('elsewhere'));
  const endpoints = new Map<string, string>();
  for (const [name, [answer]] of Object.entries(known)) {
    const receiver = opened.use(await startReceiver(answer));
    endpoints.set(await ground.endpoint(receiver.url), name);
  }
  const grown: number[] = [];
  for (let wave = 1; wave <= WAVES; wave += 1) {
    let most = worked;
    await ground.emit(Array.from({ length: EVENTS }, () => testEvent()));
    const attempted = async (): Promise<unknown> => {
      most = Math.max(most, (await relay.measure()).rss);
      return [
        (await ground.sql('select count(distinct endpoint_id)::int as n from webhooks.attempt', []))[0]?.n,
        sink.timesOf('healthy').size,
      ];
    };
    await expect.poll(attempted, { timeout: 60_000, interval: 50 }).toEqual([endpoints.size + 1, WARM_UP + wave * EVENTS]);
    grown.push(most - worked);
  }
  // Attempts under way hold what is theirs; the last of them end by their deadline.
  let held = Number.NaN;
  const heldMore = async (): Promise<number> => {
    held = (await relay.measure(true)).used - holding;
    return held;
  };
  await expect.poll(heldMore, { interval: 500 }).toBeLessThan(HELD_MAX);

  const log = await ground.sql(
    `select endpoint_id, outcome, error_code, octet_length(response_body) as bytes, response_status from webhooks.attempt`,
    [],
  );
  const { longestSendMs } = await relay.measure();
  const largest = Math.max(...log.map(({ bytes }) => Number(bytes ?? 0)));
  printCounts('hostile receivers', {
    receivers: endpoints.size,
    attempts: log.length,
    'longest attempt ms': longestSendMs,
    'largest body kept': largest,
    'MiB that work took': (worked - idle) / MIB,
    'MiB that harm took, wave by wave': grown.map((bytes) => Math.round(bytes / MIB)).join(' '),
    'MiB held afterwards': held / MIB,
    'requests that a redirect led to': sink.of('elsewhere').length,
  });
  for (const { endpoint_id, outcome, error_code } of log) {
    const name = endpoints.get(String(endpoint_id));
    if (name === undefined) expect([endpoint_id, outcome]).toEqual([healthy, 'succeeded']);
    else
      expect({ name, outcome, error: known[name]?.[2] && error_code }).toEqual({
        name,
        outcome: known[name]?.[1],
        error: known[name]?.[2],
      });
  }
  expect(longestSendMs).toBeLessThan(TIMEOUT_MS + 1_000);
  expect(largest).toBeLessThanOrEqual(MAX_BODY_BYTES);
  expect(grown[0]).toBeLessThan(MEMORY_GROWTH_MAX);
  expect((grown.at(-1) ?? 0) - (grown.at(-2) ?? 0)).toBeLessThan(LAST_WAVE_MAX);
  expect(sink.of('elsewhere')).toEqual([]);
});
