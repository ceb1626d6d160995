import { readFileSync } from 'node:fs';
import { statementClient } from '@portico/service-kit/sql/statement-client';
import { createTestDatabase } from '@portico/service-kit/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createReplayGuard, type ReplayGuard, type SignatureUse } from './replay-guard.ts';

const MINUTE = 60_000;

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let pool: pg.Pool;
let guard: ReplayGuard;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 20, Client: statementClient({ program: 'test', gate: () => {} }) });
  // The pool has ended before its connections have: the last of them may see the database go.
  pool.on('error', () => {});
  await pool.query('create schema access');
  for (const statement of tableAsMigrated('used_signature')) await pool.query(statement);
  guard = createReplayGuard((text, values) => pool.query(text, [...values]).then(({ rows }) => rows));
});
afterAll(async () => {
  await pool?.end();
  await database?.[Symbol.asyncDispose]();
});

/** The table's statements as the admin service migrates them. They are read, not imported: this package may not see that one. */
function tableAsMigrated(table: string): string[] {
  const migration = readFileSync(new URL('../../../admin/server/migrations/0001-access.ts', import.meta.url), 'utf8');
  const statements = [...migration.matchAll(/addSql\(`([^`]+)`\)/g)].map(([, text = '']) => text);
  const found = statements.filter((text) => text.includes(`access.${table} (`));
  if (found.length === 0) throw new Error(`The migration does not make access.${table} any more.`);
  return found;
}

let uses = 0;
/** A use of a signature that was never used. */
function newUse(change: Partial<SignatureUse> = {}): SignatureUse {
  uses += 1;
  return { keyId: 'key_1', signature: `sha256=${uses}`, idempotencyKey: undefined, expiresAtMs: Date.now() + 10 * MINUTE, ...change };
}

function race(use: SignatureUse, count: number): Promise<boolean[]> {
  return Promise.all(Array.from({ length: count }, () => guard.accept(use)));
}

describe('a signature', () => {
  it('is accepted once, however many bring it at the same time', async () => {
    const use = newUse();
    expect((await race(use, 50)).filter(Boolean)).toHaveLength(1);
    expect(await guard.accept(use)).toBe(false);
  });

  it('is accepted again with its own idempotency key, which answers the request without doing it again', async () => {
    const use = newUse({ idempotencyKey: 'order-1' });
    expect(await race(use, 50)).toEqual(Array.from({ length: 50 }, () => true));
  });

  it.each<[string, string | undefined, string | undefined]>([
    ['with another idempotency key', 'order-1', 'order-2'],
    ['without the idempotency key it had', 'order-1', undefined],
    ['with an idempotency key it did not have', undefined, 'order-1'],
  ])('is refused %s', async (_, idempotencyKey, next) => {
    const use = newUse({ idempotencyKey });
    expect(await guard.accept(use)).toBe(true);
    expect(await guard.accept({ ...use, idempotencyKey: next })).toBe(false);
  });

  it('of one idempotency key wins against the others that bring it at the same time', async () => {
    const use = newUse();
    const tries = Array.from({ length: 50 }, (_, i) => ({ ...use, idempotencyKey: `order-${i % 5}` }));
    const accepted = await Promise.all(tries.map(async (one) => ((await guard.accept(one)) ? [one.idempotencyKey] : [])));
    const keys = accepted.flat();
    expect(new Set(keys).size).toBe(1);
    expect(keys).toHaveLength(10);
  });

  it('is another one when another key made it', async () => {
    const use = newUse();
    expect(await guard.accept(use)).toBe(true);
    expect(await guard.accept({ ...use, keyId: 'key_2' })).toBe(true);
    expect(await guard.accept({ ...use, keyId: 'key_2' })).toBe(false);
  });

  it('is forgotten by a sweep when it is too old, and not before', async () => {
    const [over, valid] = [newUse({ expiresAtMs: Date.now() - 1 }), newUse()];
    for (const use of [over, valid]) expect(await guard.accept(use)).toBe(true);
    expect(await guard.accept(over)).toBe(false);
    await guard.sweep();
    expect(await guard.accept(valid)).toBe(false);
    expect(await guard.accept(over)).toBe(true);
  });
});
