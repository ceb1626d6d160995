// The floor: node:http with the bytes that the platform answers with, and nothing else.
import cluster from 'node:cluster';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const bodies = new Map(
  Object.entries(JSON.parse(process.env.BODIES ?? '{}') as Record<string, string>).map(([name, body]) => [name, Buffer.from(body)]),
);
const list = bodies.get('list');
const item = bodies.get('item');
const join = bodies.get('join');

const server = createServer((req, res) => {
  const url = req.url ?? '';
  const body = url.startsWith('/api/v1/products') ? join : url.startsWith('/api/v1/orders/') || req.method === 'POST' ? item : list;
  req.resume();
  res.writeHead(req.method === 'POST' ? 201 : 200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': body?.length ?? 0,
  });
  res.end(body);
});
const processes = Number(process.env.PROCESSES ?? 1);
if (processes > 1 && cluster.isPrimary) {
  for (let i = 0; i < processes; i += 1) cluster.fork().on('listening', ({ port }) => ready(port));
  process.once('SIGTERM', () => {
    for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill('SIGKILL');
    process.exit(0);
  });
} else {
  server.listen(0, '127.0.0.1', () => {
    if (cluster.isPrimary) ready((server.address() as AddressInfo).port);
  });
  if (cluster.isPrimary) process.once('SIGTERM', () => process.exit(0));
}
if (cluster.isPrimary) process.on('message', () => process.send?.({ kind: 'statements', count: 0 }));

function ready(port: number): void {
  process.send?.({ kind: 'ready', url: `http://127.0.0.1:${port}` });
}
