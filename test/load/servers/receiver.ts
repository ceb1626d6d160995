// Partners' receivers, as many as a benchmark wants, in one process: on every address of 127/8, so that each has connections of its own.
// `/healthy` answers 200, `/failing` 500, `/dead` never. GET tells what the healthy ones got since it was asked last.
import { createServer, type IncomingMessage } from 'node:http';

let arrivals: number[] = [];
let lags: number[] = [];

const server = createServer((request, response) => {
  if (request.method === 'GET') {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ arrivals, lags }));
    [arrivals, lags] = [[], []];
    return;
  }
  const chunks: Buffer[] = [];
  request
    .on('data', (chunk: Buffer) => chunks.push(chunk))
    .on('error', () => {})
    .on('end', () => {
      if (request.url === '/dead') return;
      if (request.url === '/healthy') note(request, Buffer.concat(chunks));
      response.writeHead(request.url === '/failing' ? 500 : 200, { 'content-length': '2' }).end('ok');
    });
});
server.on('error', () => {});
server.listen(0, '0.0.0.0', () => {
  const address = server.address();
  process.send?.({ kind: 'ready', url: typeof address === 'object' ? `http://127.0.0.1:${address?.port}` : '' });
});
process.on('SIGTERM', () => process.exit(0)).on('disconnect', () => process.exit(0));

/** The event's time is taken before its commit. */
function note({ headers }: IncomingMessage, body: Buffer): void {
  const now = Date.now();
  arrivals.push(now);
  if (headers['x-webhook-attempt'] !== '1') return;
  const { timestamp } = JSON.parse(body.toString()) as { timestamp: string };
  lags.push(now - Date.parse(timestamp));
}
