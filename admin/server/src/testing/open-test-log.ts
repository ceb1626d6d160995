// For tests: an admin service on a database of its own, at a noon, with the request log and what is counted from it.
import type { RequestAudit } from '@portico/contracts/audit';
import { createTestDatabase, silentLogger, TEST_SECRET_KEYS } from '@portico/service-kit/testing';
import pg from 'pg';
import { expect } from 'vitest';
import { type Admin, start } from '../server.ts';

export const NOON = Date.parse('2026-11-20T12:00:00Z');
export const DAY_MS = 86_400_000;

type Row = Record<string, unknown>;

export type TestLog = AsyncDisposable & {
  readonly databaseUrl: string;
  readonly admin: Admin;
  readonly client: pg.Client;
  /** Another one over the same database. */
  startAdmin(now?: () => Date, auditRetentionDays?: number): Promise<Admin>;
  rows(sql: string, values?: unknown[]): Promise<Row[]>;
  /** Other databases' transactions hold the roll-up back for a moment: asked until it has counted what is there. */
  rollUpUntil(sql: string, expected: unknown): Promise<void>;
};

export async function openTestLog(): Promise<TestLog> {
  await using opened = new AsyncDisposableStack();
  const { url: databaseUrl } = opened.use(await createTestDatabase());
  const settings = { databaseUrl, poolMax: 4, secretKeys: TEST_SECRET_KEYS };
  const startAdmin = (now = () => new Date(NOON), auditRetentionDays = 90): Promise<Admin> =>
    start({ ...settings, auditRetentionDays }, { logger: silentLogger, now });
  const admin = opened.use(await startAdmin());
  const client = opened.adopt(new pg.Client({ connectionString: databaseUrl }), (one) => one.end());
  await client.connect();
  const rows: TestLog['rows'] = async (sql, values = []) => (await client.query(sql, values)).rows;
  const all = opened.move();
  return {
    databaseUrl,
    admin,
    client,
    startAdmin,
    rows,
    async rollUpUntil(sql, expected) {
      await expect
        .poll(async () => {
          await admin.usage.rollUp();
          return rows(sql);
        })
        .toEqual(expected);
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

let made = 0;

/** A request of its own id and moment. */
export function requestAudit(given: Partial<RequestAudit> = {}): RequestAudit {
  made += 1;
  return {
    at: NOON + made,
    requestId: `req_${made}`,
    accountId: 'acct_1',
    mode: 'test',
    actor: 'key_1',
    method: 'GET',
    operation: 'listOrders',
    path: '/api/v1/orders',
    query: 'page=2&q=***',
    status: 200,
    errorCode: null,
    durationMs: 1.25,
    address: '127.0.0.1',
    userAgent: 'curl/8.14.1',
    ...given,
  };
}
