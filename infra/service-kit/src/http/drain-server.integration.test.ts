import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { GET, useListeners } from './testing-listener.ts';
import { closed, rawExchange } from './testing-sockets.ts';

const { start, open } = useListeners();

describe('a stop', () => {
  it('lets a peer that reads slowly have the whole of an answer that was handed over before', async () => {
    const bytes = 20_000_000;
    let answer: ServerResponse | undefined;
    const listener = await start({
      shutdownTimeoutMs: 20_000,
      handler: (_req, res) => {
        answer = res.writeHead(200, { 'content-length': bytes });
        res.end(Buffer.alloc(bytes));
      },
    });
    const socket = await open(listener.url);
    socket.pause();
    socket.write(GET);
    await expect.poll(() => answer?.writableEnded).toBe(true);
    const stopped = listener[Symbol.asyncDispose]();
    let read = 0;
    socket.on('data', (chunk) => {
      read += chunk.length;
    });
    await Promise.all([stopped, closed(socket)]);
    expect(read).toBeGreaterThan(bytes);
  });

  it('tells a peer with its answer that the connection ends, and answers all requests that it sent before', async () => {
    const waiting: (() => void)[] = [];
    const listener = await start({
      shutdownTimeoutMs: 20_000,
      handler: (req, res) => void waiting.push(() => res.writeHead(200, { 'content-length': 2 }).end(req.url)),
    });
    const exchange = rawExchange(listener.url, ['/1', '/2'].map((path) => GET.replace('/', path)).join(''));
    await expect.poll(() => waiting.length).toBe(2);
    const stopped = listener[Symbol.asyncDispose]();
    for (const answer of waiting) answer();
    const { answers } = await exchange;
    expect(answers.map(({ body, headers }) => [body, headers.connection])).toEqual([
      ['/1', 'keep-alive'],
      ['/2', 'close'],
    ]);
    await stopped;
  });

  it('is announced: each answer is the last one on its connection, and whoever comes is still answered', async () => {
    const listener = await start({ shutdownTimeoutMs: 20_000 });
    const { answers: before } = await rawExchange(listener.url, GET, { answersWanted: 1 });
    expect(before[0]?.headers.connection).toBe('keep-alive');
    listener.announce();
    for (const _ of [1, 2]) {
      const { answers } = await rawExchange(listener.url, GET);
      expect(answers.map(({ status, headers }) => [status, headers.connection])).toEqual([[200, 'close']]);
    }
  });
});
