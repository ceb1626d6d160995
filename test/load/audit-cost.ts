// What the audit log costs: `node test/load/audit-cost.ts` records 200,000 realistic requests on a database of its own and prints what a
// record took of this process and of PostgreSQL's, roll-ups included. Linux only: it reads the CPU time of backends from /proc.
import { readFileSync } from 'node:fs';
import { start } from '@portico/admin-server/server';
import type { RequestAudit } from '@portico/contracts/audit';
import { newId } from '@portico/contracts/ids';
import { createTestDatabase, silentLogger, TEST_SECRET_KEYS } from '@portico/service-kit/testing';
import pg from 'pg';

const ROWS = 200_000;
/** As many as arrive in 100 ms at 5,000 requests a second; between two of them other work is done. */
const BURST = 500;
const ACCOUNTS = 50;
const TICK_MS = 10;
const ROUTES = ['listOrders', 'getOrder', 'createOrder', 'listProducts', 'getProduct', 'search'];
const CALLERS = Array.from({ length: ACCOUNTS }, () => ({ accountId: newId('account'), actor: newId('apiKey') }));

function requestAt(i: number): RequestAudit {
  const { accountId, actor } = CALLERS[(i * 7) % ACCOUNTS] ?? { accountId: '', actor: '' };
  const operation = ROUTES[i % ROUTES.length] ?? 'listOrders';
  const failed = i % 23 === 0;
  return {
    at: Date.now() - (i % 5) / 3,
    requestId: newId('request'),
    accountId,
    mode: 'live',
    actor,
    method: operation === 'createOrder' ? 'POST' : 'GET',
    operation,
    path: `/api/v1/${operation.includes('Order') ? 'orders' : 'products'}`,
    query: i % 2 === 0 ? 'status=pending&sort=createdAt&order=desc&perPage=20' : '',
    status: failed ? 404 : 200,
    errorCode: failed ? 'NOT_FOUND' : null,
    durationMs: Math.round((0.4 + (i % 97) / 7) * 100) / 100,
    address: `203.0.113.${i % 250}`,
    userAgent: 'node-fetch/3.3.2 shop-sync/2.1',
  };
}

/** CPU seconds that the admin service's backends have used so far, by process. */
async function backendSeconds(client: pg.Client): Promise<number> {
  const { rows } = await client.query(
    `select pid from pg_stat_activity where datname = current_database() and application_name = 'portico admin'`,
  );
  const ticks = rows.map(({ pid }) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return Number(fields[11]) + Number(fields[12]);
  });
  return (ticks.reduce((sum, one) => sum + one, 0) * TICK_MS) / 1_000;
}

await using database = await createTestDatabase();
await using admin = await start({ databaseUrl: database.url, poolMax: 4, secretKeys: TEST_SECRET_KEYS }, { logger: silentLogger });
const client = new pg.Client({ connectionString: database.url });
await client.connect();
const entries = Array.from({ length: ROWS }, (_, i) => requestAt(i));
admin.audit.record(requestAt(0));
await admin.audit.flush();
const before = await backendSeconds(client);
const cpuBefore = process.cpuUsage();
let recordMs = 0;
for (let i = 0; i < ROWS; i += BURST) {
  const started = performance.now();
  for (const entry of entries.slice(i, i + BURST)) admin.audit.record(entry);
  recordMs += performance.now() - started;
  // The writer gets its turn, as between requests.
  await new Promise((resolve) => setImmediate(resolve));
  if (i % 5_000 === 0) await admin.audit.flush();
}
await admin.audit.flush();
const { user, system } = process.cpuUsage(cpuBefore);
const inserted = await backendSeconds(client);
await admin.usage.rollUp();
const rolledUp = await backendSeconds(client);
const { rows } = await client.query('select count(*)::int as rows from access.request_log');
await client.end();
const micros = (seconds: number): string => `${((seconds * 1e6) / ROWS).toFixed(2)} µs`;
process.stdout.write(
  `${rows[0]?.rows} rows, dropped ${admin.audit.dropped}
record() in this process      ${micros(recordMs / 1_000)}
all of this process           ${micros((user + system) / 1e6)}
PostgreSQL, rows              ${micros(inserted - before)}
PostgreSQL, roll-up           ${micros(rolledUp - inserted)}
`,
);
