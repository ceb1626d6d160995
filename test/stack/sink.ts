// A partner's receiver on this machine: keeps what it gets and answers what the test says.
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export type Received = { readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: string };
export type Sink = AsyncDisposable & { readonly url: string; readonly received: Received[]; status: number };

export async function startSink(): Promise<Sink> {
  const received: Received[] = [];
  const server = createServer(async (incoming, outgoing) => {
    received.push({ path: incoming.url ?? '', headers: incoming.headers, body: await text(incoming) });
    outgoing.writeHead(sink.status, { 'content-type': 'text/plain' }).end('thanks');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sink: Sink = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`,
    received,
    status: 200,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return sink;
}
