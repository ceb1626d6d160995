import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { startStopwatch } from '../testing-stopwatch.ts';
import { echo, GET, useListeners } from './testing-listener.ts';
import { closed, rawExchange, readAnswers } from './testing-sockets.ts';

const { start, open, defer } = useListeners();

/** Sends a piece every few milliseconds for as long as the server listens, and reads what it says in the end. */
async function trickle(url: string, start: string, piece: string): Promise<{ text: string; tookMs: number }> {
  using stopwatch = startStopwatch();
  const socket = await open(url);
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  socket.write(start);
  const pieces = setInterval(() => socket.write(piece), 10);
  await closed(socket);
  clearInterval(pieces);
  return { text, tookMs: stopwatch.tookMs() };
}

describe('a slow peer', () => {
  const limits = { headersTimeoutMs: 200, requestTimeoutMs: 400 };

  it('that drips headers is cut at the deadline, with 408', async () => {
    const { text, tookMs } = await trickle((await start({ limits })).url, 'GET / HTTP/1.1\r\nhost: x\r\n', 'a: b\r\n');
    expect(readAnswers(text).map(({ status }) => status)).toEqual([408]);
    expect(tookMs).toBeLessThan(2_000);
  });

  it('that says nothing at all is cut at the same deadline', async () => {
    const { text, tookMs } = await trickle((await start({ limits })).url, '', '');
    expect(readAnswers(text).map(({ status }) => status)).toEqual([408]);
    expect(tookMs).toBeLessThan(2_000);
  });

  it.each([
    ['a body with a length', 'content-length: 100000\r\n\r\n', 'x'],
    ['a chunked body', 'transfer-encoding: chunked\r\n\r\n', '1\r\nx\r\n'],
  ])('that drips %s is cut at the deadline, while the handler waits for it', async (_name, header, piece) => {
    let aborted = false;
    const { url } = await start({
      limits,
      handler: (req, res) => {
        req.on('error', () => {
          aborted = true;
          echo(req, res);
        });
        req.resume().on('end', () => echo(req, res));
      },
    });
    const { text, tookMs } = await trickle(url, `POST / HTTP/1.1\r\nhost: x\r\n${header}`, piece);
    // The handler answers too, when it hears that the peer is gone. Nobody may get that.
    await expect.poll(() => aborted).toBe(true);
    expect(text.match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(readAnswers(text)[0]).toMatchObject({ status: 408, headers: { connection: 'close' } });
    expect(tookMs).toBeLessThan(2_500);
  });

  it('that does not read its answer is cut when it has been silent for long enough', async () => {
    let cut = false;
    const { url } = await start({
      limits: { silenceTimeoutMs: 200 },
      handler: (_req, res) => {
        res.on('close', () => {
          cut = true;
        });
        res.end(Buffer.alloc(50_000_000));
      },
    });
    const socket = await open(url);
    socket.pause();
    socket.write(GET);
    await expect.poll(() => cut).toBe(true);
  });

  it('that is refused and stays is cut all the same', async () => {
    const { url } = await start({ limits: { connectionsMax: 1 } });
    // It does not end its half when the server ends the other: that would otherwise keep the connection for good.
    const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1', allowHalfOpen: true });
    defer(() => void socket.destroy());
    socket.on('error', () => {}).resume();
    socket.write('BAD\r\n\r\n');
    await new Promise((resolve) => socket.once('end', resolve));
    await expect.poll(async () => (await rawExchange(url, GET, { answersWanted: 1 })).answers[0]?.status).toBe(200);
  });
});

describe('the cap on connections', () => {
  it('closes those beyond it at once and lets in the next one when there is room', async () => {
    const { url } = await start({ limits: { connectionsMax: 2 } });
    const first = await open(url);
    const second = await open(url);
    await expect.poll(async () => (await rawExchange(url, GET)).text).toBe('');
    for (const socket of [first, second]) {
      const answered = new Promise((resolve) => socket.once('data', resolve));
      socket.write(GET);
      expect(String(await answered)).toMatch(/^HTTP\/1\.1 200/);
    }
    first.destroy();
    await expect.poll(async () => (await rawExchange(url, GET, { answersWanted: 1 })).answers[0]?.status).toBe(200);
  });
});

describe('a refusal', () => {
  it('comes after the answers that are under way on its connection', async () => {
    const waiting: (() => void)[] = [];
    const { url } = await start({ handler: (req, res) => void waiting.push(() => echo(req, res)) });
    const exchange = rawExchange(url, `${GET.replace('/', '/first')}BAD\r\n\r\n`);
    await expect.poll(() => waiting.length).toBe(1);
    waiting[0]?.();
    const { answers, closed: wasClosed } = await exchange;
    expect(answers.map(({ status, body }) => [status, status === 200 ? body : ''])).toEqual([
      [200, '/first'],
      [400, ''],
    ]);
    expect(wasClosed).toBe(true);
  });

  it('is not sent after an answer to the same request', async () => {
    const { url } = await start();
    for (const body of ['zz\r\n', '1\nX\r\n0\r\n\r\n', 'ffffffffffffffffff\r\n']) {
      const { answers, closed: wasClosed } = await rawExchange(
        url,
        `POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n${body}`,
      );
      expect([body, answers.map(({ status }) => status), wasClosed]).toEqual([body, [200], true]);
    }
  });

  it('is the only answer, though the handler comes to one of its own', async () => {
    let finish = (): void => {};
    const { url } = await start({
      handler: (req, res) => {
        finish = () => void echo(req, res);
        req.on('error', () => {}).resume();
      },
    });
    const socket = await open(url);
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
      finish();
    });
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n');
    await closed(socket);
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 400']);
  });

  it('ends what is served on its connection', async () => {
    const served: (string | undefined)[] = [];
    const { url } = await start({
      handler: (req, res) => {
        served.push(req.url);
        echo(req, res);
      },
    });
    const { answers } = await rawExchange(
      url,
      `POST / HTTP/1.1\r\nhost: x\r\nhost: y\r\ncontent-length: 0\r\n\r\n${GET.replace('/', '/smuggled')}`,
    );
    expect([answers.map(({ status }) => status), served]).toEqual([[400], []]);
  });
});
