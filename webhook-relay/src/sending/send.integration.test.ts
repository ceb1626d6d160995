import { buildConnector } from 'undici';
import { describe, expect, it } from 'vitest';
import { flippingResolve, HOSTILE_NAMES, hostileResolve, hostileUrls } from '../testing/hostile-addresses.ts';
import { response, startReceiver } from '../testing/start-receiver.ts';
import { createReceiverPool } from './receiver-pool.ts';
import { createSender, type Sender, type SenderOptions, type SendRequest } from './send.ts';
import type { SendOutcome } from './send-outcome.ts';

const never = new AbortController().signal;
const attempt = (sender: Sender, url: string, changes: Partial<SendRequest> = {}): Promise<SendOutcome> =>
  sender.send({ url, headers: { 'X-Webhook-Id': 'evt_1' }, body: Buffer.from('{"a":1}'), signal: never, ...changes });
const onLoopback = (changes: Partial<SenderOptions> = {}): Sender => createSender({ policy: { allowLoopback: true }, ...changes });

describe('an attempt', () => {
  it('posts the bytes and brings back status, headers, body and times', async () => {
    await using receiver = await startReceiver((socket) => socket.write(response(202, { 'X-Receipt': 'r1' }, 'thanks')));
    await using sender = onLoopback();
    const outcome = await attempt(sender, `${receiver.url}?a=b`);
    expect(outcome).toMatchObject({ kind: 'answered', status: 202, truncated: false, remoteAddress: '127.0.0.1' });
    expect(outcome).toMatchObject({ headers: { 'x-receipt': 'r1' }, body: Buffer.from('thanks') });
    const { timings } = outcome;
    expect([timings.connectMs, timings.firstByteMs, timings.totalMs].every((ms) => ms !== undefined && ms >= 0)).toBe(true);
    expect(receiver.requests[0]).toMatch(/^POST \/hook\?a=b HTTP\/1\.1\r\n/);
    expect(receiver.requests[0]).toMatch(/X-Webhook-Id: evt_1\r\n/);
    expect(receiver.requests[0]).toMatch(/content-type: application\/json\r\n/);
    expect(receiver.requests[0]).toMatch(/\r\n\r\n\{"a":1\}$/);
  });

  it('uses a connection again, and counts its making to the attempt that made it', async () => {
    await using receiver = await startReceiver((socket) => socket.write(response(200)));
    await using sender = onLoopback();
    const first = await attempt(sender, receiver.url);
    // Undici gives a connection free one turn of the event loop after its response.
    await new Promise(setImmediate);
    const second = await attempt(sender, receiver.url);
    expect(receiver.connections()).toBe(1);
    expect([first.timings.connectMs !== undefined, second.timings.connectMs, second.remoteAddress]).toEqual([true, undefined, '127.0.0.1']);
  });

  it('goes out once more, and only once, when a kept connection turns out to be closed', async () => {
    const bytes = [response(200), undefined, response(201), undefined, undefined];
    await using receiver = await startReceiver((socket) => {
      const next = bytes.shift();
      if (next === undefined) socket.resetAndDestroy();
      else socket.write(next);
    });
    await using sender = onLoopback({ maxConnectionsPerReceiver: 1 });
    expect([await attempt(sender, receiver.url), await attempt(sender, receiver.url)]).toMatchObject([{ status: 200 }, { status: 201 }]);
    expect(receiver.requests).toHaveLength(3);
    expect(await attempt(sender, receiver.url)).toMatchObject({ kind: 'failed', error: { code: 'reset' } });
    expect(receiver.requests).toHaveLength(5);
  });

  it('uses no connection for longer than its life, however busy it is', async () => {
    await using receiver = await startReceiver((socket) => socket.write(response(200)));
    const connectionLifeMs = 1_000;
    const connector = buildConnector({ allowH2: false });
    const options = { connector, maxConnections: 1, maxHeaderBytes: 4_096, connectionLifeMs, now: () => performance.now() };
    const pool = createReceiverPool(`http://127.0.0.1:${receiver.port}`, options);
    const from = performance.now();
    while (receiver.connections() < 3) {
      const { body } = await pool.request({ method: 'POST', path: '/', body: '{}' });
      await body.dump();
    }
    expect(performance.now() - from).toBeGreaterThan(2 * connectionLifeMs - 1);
    expect(receiver.requests.length).toBeGreaterThan(10);
    await pool.destroy();
  });

  it('opens no more connections to a receiver than it may, and waits for a free one', async () => {
    await using receiver = await startReceiver((socket) => setImmediate(() => socket.write(response(200))));
    await using sender = onLoopback({ maxConnectionsPerReceiver: 2 });
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => attempt(sender, receiver.url)));
    expect(outcomes.map(({ kind }) => kind)).toEqual(outcomes.map(() => 'answered'));
    expect(receiver.connections()).toBe(2);
  });

  it('finishes what is under way when a receiver’s connections are given up for another’s', async () => {
    await using one = await startReceiver((socket) => setImmediate(() => socket.write(response(201))));
    await using two = await startReceiver((socket) => socket.write(response(202)));
    await using sender = onLoopback({ maxReceivers: 1 });
    const outcomes = await Promise.all([attempt(sender, one.url), attempt(sender, two.url), attempt(sender, one.url)]);
    expect(outcomes.map((outcome) => (outcome.kind === 'answered' ? outcome.status : outcome.error))).toEqual([201, 202, 201]);
  });

  it('ends at once when its caller gives up, and does not begin when he has', async () => {
    await using receiver = await startReceiver(() => giveUp.abort());
    await using sender = onLoopback();
    const giveUp = new AbortController();
    const aborted = { kind: 'failed', error: { code: 'aborted' } };
    expect(await attempt(sender, receiver.url, { signal: giveUp.signal })).toMatchObject(aborted);
    expect(await attempt(sender, receiver.url, { signal: giveUp.signal })).toMatchObject(aborted);
    expect(receiver.requests).toHaveLength(1);
  });

  it('is ended by disposing of its sender', async () => {
    await using receiver = await startReceiver(() => void sender[Symbol.asyncDispose]());
    const sender = onLoopback();
    expect(await attempt(sender, receiver.url)).toMatchObject({ kind: 'failed', error: { code: 'aborted' } });
  });

  it.each([301, 302, 303, 307, 308])('takes %i as the answer and goes nowhere else', async (status) => {
    await using elsewhere = await startReceiver((socket) => socket.write(response(200)));
    await using receiver = await startReceiver((socket) => socket.write(response(status, { location: elsewhere.url })));
    await using sender = onLoopback();
    expect(await attempt(sender, receiver.url)).toMatchObject({ kind: 'answered', status, headers: { location: elsewhere.url } });
    expect(elsewhere.connections()).toBe(0);
  });

  it('says what is wrong without naming an address', async () => {
    const refused = await startReceiver(() => {});
    await refused[Symbol.asyncDispose]();
    await using sender = onLoopback({
      resolve: () => Promise.reject(Object.assign(new Error('query 10.0.0.53'), { code: 'ECONNREFUSED', syscall: 'queryA' })),
    });
    const outcomes = [await attempt(sender, refused.url), await attempt(sender, 'https://hooks.partner.example/')];
    expect(outcomes).toMatchObject([{ error: { code: 'connect' } }, { error: { code: 'dns' } }]);
    for (const outcome of outcomes) expect(outcome.kind === 'failed' && outcome.error.message).not.toMatch(/\d/);
  });
});

describe('the guard of an attempt', () => {
  it('lets none of the hostile URLs and names reach a listener', async () => {
    await using listener = await startReceiver(() => {});
    const guarded = { policy: { allowLoopback: false, ports: [listener.port] }, resolve: hostileResolve('127.0.0.1') };
    await using sender = createSender(guarded);
    const urls = [
      ...hostileUrls(listener.port).map(({ url }) => url),
      ...HOSTILE_NAMES.map(({ name }) => `https://${name}:${listener.port}/`),
    ];
    const outcomes = await Promise.all(urls.map((url) => attempt(sender, url)));
    const letThrough = urls.filter((_, index) => {
      const outcome = outcomes[index];
      return outcome?.kind !== 'failed' || !['blocked_url', 'blocked_address'].includes(outcome.error.code);
    });
    expect(letThrough).toEqual([]);
    expect(listener.connections()).toBe(0);
  });

  it('sees the listener when nothing guards it, so the test above can fail', async () => {
    await using listener = await startReceiver((socket) => socket.write(response(200)));
    await using sender = onLoopback();
    await attempt(sender, `http://2130706433:${listener.port}/`);
    expect(listener.connections()).toBe(1);
  });

  it('judges the address again for every connection: a name that turns inwards after it was checked is refused', async () => {
    await using listener = await startReceiver(() => {});
    const resolve = flippingResolve('93.184.216.34', '127.0.0.1');
    expect(await resolve('rebinding.partner.example')).toEqual([{ address: '93.184.216.34', family: 4 }]);
    await using sender = createSender({ policy: { allowLoopback: false, ports: [listener.port] }, resolve });
    const url = `https://rebinding.partner.example:${listener.port}/`;
    for (const time of [1, 2]) expect([time, await attempt(sender, url)]).toMatchObject([time, { error: { code: 'blocked_address' } }]);
    expect([resolve.asked(), listener.connections()]).toEqual([3, 0]);
  });

  it('refuses a name that turns inwards between two connections, though the first one was good', async () => {
    await using receiver = await startReceiver((socket) => socket.end(response(200, { connection: 'close' })));
    const resolve = flippingResolve('127.0.0.1', '10.0.0.1');
    await using sender = onLoopback({ resolve });
    const url = `http://rebinding.localhost:${receiver.port}/`;
    expect([await attempt(sender, url), await attempt(sender, url)]).toMatchObject([
      { status: 200 },
      { error: { code: 'blocked_address' } },
    ]);
  });
});
