// For tests: listeners, and connections to them, that end with the test.
import type { RequestListener } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach } from 'vitest';
import { type Listener, type ListenOptions, listen } from './http-listener.ts';

export const GET = 'GET / HTTP/1.1\r\nhost: x\r\n\r\n';

export const echo: RequestListener = (req, res) => res.writeHead(200, { 'content-length': req.url?.length ?? 0 }).end(req.url);

export type TestListeners = {
  start(options?: Partial<ListenOptions>): Promise<Listener>;
  open(url: string): Promise<Socket>;
  /** Done after the test. */
  defer(work: () => void | Promise<void>): void;
};

export function useListeners(): TestListeners {
  let opened = new AsyncDisposableStack();
  afterEach(async () => {
    await opened.disposeAsync();
    opened = new AsyncDisposableStack();
  });
  return {
    start: async (options = {}) =>
      opened.use(await listen({ host: '127.0.0.1', port: 0, shutdownTimeoutMs: 300, handler: echo, ...options })),
    open: (url) =>
      new Promise((resolve) => {
        const socket = connect(Number(new URL(url).port), '127.0.0.1', () => resolve(socket));
        socket.on('error', () => {});
        opened.defer(() => void socket.destroy());
      }),
    defer: (work) => opened.defer(work),
  };
}
