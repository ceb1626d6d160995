// For tests: a receiver that keeps what it gets and answers as the test says.
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export type Received = {
  /** Tells endpoints apart that share the sink. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Monotonic milliseconds. */
  readonly at: number;
};

export type Sink = AsyncDisposable & {
  readonly received: readonly Received[];
  /** `http://127.0.0.1:port/name`. */
  urlOf(name: string): string;
  /** Requests of one endpoint. */
  of(name: string): readonly Received[];
};

/** Answers a status, or takes the response into its own hands. */
export type Respond = (
  request: Received,
  response: ServerResponse,
) => number | { status: number; headers: Record<string, string> } | undefined;

export async function startSink(respond: Respond = () => 200): Promise<Sink> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request).catch(() => '');
    const one = { path: request.url ?? '', headers: request.headers, body, at: performance.now() };
    received.push(one);
    const answer = respond(one, response);
    if (answer === undefined) return;
    const { status, headers } = typeof answer === 'number' ? { status: answer, headers: {} } : answer;
    response.writeHead(status, headers).end('ok');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    received,
    urlOf: (name) => `http://127.0.0.1:${port}/${name}`,
    of: (name) => received.filter(({ path }) => path === `/${name}`),
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
