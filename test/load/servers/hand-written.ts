// What one would write by hand for three routes: node:http and pg, the very SQL that the platform sends, prepared. No authentication, no
// graph, no validation, no limits.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toDecimal } from '@portico/contracts/money';
import pg from 'pg';

type Row = Record<string, unknown>;
const statements = JSON.parse(process.env.STATEMENTS ?? '{}') as { list: string; item: string; join: string; joined: string };
const [accountId, mode] = (process.env.TENANT ?? '').split(' ');

const INT8 = 20;
const TIMESTAMPTZ = 1184;
pg.types.setTypeParser(INT8, Number);
pg.types.setTypeParser(TIMESTAMPTZ, (text) => text);
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: Number(process.env.POOL_MAX), options: '-c timezone=UTC' });
let count = 0;

async function query(name: string, text: string, values: unknown[]): Promise<Row[]> {
  count += 1;
  return (await pool.query({ name, text, values })).rows;
}

const iso = (value: unknown): string => {
  const text = String(value);
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${text.slice(20, -3).padEnd(3, '0')}Z`;
};
const order = (row: Row): Row => ({
  id: row.id,
  status: row.status,
  total: toDecimal(Number(row.total), String(row.currency)),
  createdAt: iso(row.createdAt),
});

async function answer(url: URL): Promise<unknown> {
  const page = Number(url.searchParams.get('page') ?? 1);
  const paging = page > 1 ? [accountId, mode, 20, (page - 1) * 20] : [accountId, mode, 20];
  const suffix = page > 1 ? '' : ' first';
  const text = (statement: string): string => (page > 1 ? statement : statement.replace(/ offset \$4$/, ''));
  if (url.pathname === '/api/v1/orders') {
    const rows = await query(`list${suffix}`, text(statements.list), paging);
    return { data: rows.map(order), pagination: { page, perPage: 20, total: 5_000, totalPages: 250 } };
  }
  if (url.pathname === '/api/v1/products') {
    const rows = await query(`join${suffix}`, text(statements.join), paging);
    const stock = await query('joined', statements.joined, [accountId, mode, rows.map(({ id }) => id)]);
    const byProduct = new Map(stock.map((row) => [row.productId, row.available]));
    const data = rows.map((row) => ({
      id: row.id,
      name: row.name,
      price: toDecimal(Number(row.price), String(row.currency)),
      inventory: byProduct.has(row.id) ? { available: byProduct.get(row.id) } : null,
    }));
    return { data, pagination: { page, perPage: 20, total: 200, totalPages: 10 } };
  }
  const [row = {}] = await query('item', statements.item, [accountId, mode, url.pathname.slice('/api/v1/orders/'.length)]);
  return { data: { ...order(row), customerId: row.customerId, currency: row.currency, notes: row.notes, updatedAt: iso(row.updatedAt) } };
}

const server = createServer((req, res) => {
  answer(new URL(req.url ?? '/', 'http://localhost')).then(
    (value) => {
      const body = JSON.stringify(value);
      res.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(body) });
      res.end(body);
    },
    (error: unknown) => {
      console.error(error);
      res.writeHead(500).end();
    },
  );
});
server.listen(0, '127.0.0.1', () => process.send?.({ kind: 'ready', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }));
process.on('message', () => process.send?.({ kind: 'statements', count }));
process.once('SIGTERM', () => process.exit(0));
