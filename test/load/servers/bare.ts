// The floor: node:http with the bytes that the platform answers with, and nothing else.
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
server.listen(0, '127.0.0.1', () => process.send?.({ kind: 'ready', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }));
process.on('message', () => process.send?.({ kind: 'statements', count: 0 }));
process.once('SIGTERM', () => process.exit(0));
