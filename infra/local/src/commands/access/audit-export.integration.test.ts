import { start } from '@portico/admin-server/server';
import { silentLogger, TEST_SECRET_KEYS } from '@portico/service-kit/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CommandTest, openCommandTest } from '../../cli/testing.ts';
import { auditExport } from './audit-export.ts';

const AT = Date.parse('2026-11-20T12:00:00Z');

let test: CommandTest;
beforeAll(async () => {
  // A key ring of its own would not open what the admin service of this test sealed.
  test = await openCommandTest([auditExport], { SECRET_KEYS: TEST_SECRET_KEYS });
});
afterAll(() => test?.[Symbol.asyncDispose]());

async function run(...args: string[]): Promise<{ code: number; out: string[]; err: string }> {
  const { out, ...said } = await test.run('audit', 'export', ...args);
  return { ...said, out: out === '' ? [] : out.split('\n') };
}

it('writes the requests of the days and the account that were asked for, and says what it did not understand', async () => {
  const admin = await start({ databaseUrl: test.databaseUrl, poolMax: 2, secretKeys: TEST_SECRET_KEYS }, { logger: silentLogger });
  const { id: accountId } = await admin.accounts.create({ slug: 'demo', name: 'Demo' });
  const same = {
    mode: 'test',
    actor: 'key_1',
    method: 'GET',
    operation: 'listOrders',
    path: '/api/v1/orders',
    query: '',
    status: 200,
  } as const;
  const rest = { errorCode: null, durationMs: 1, address: '127.0.0.1', userAgent: null };
  admin.audit.record({ ...same, ...rest, at: AT, requestId: 'req_1', accountId });
  admin.audit.record({ ...same, ...rest, at: AT, requestId: 'req_2', accountId: 'acct_other' });
  admin.audit.record({ ...same, ...rest, at: AT + 86_400_000, requestId: 'req_3', accountId });
  await admin[Symbol.asyncDispose]();

  const ids = async (...args: string[]): Promise<string[]> => {
    const { code, out, err } = await run(...args);
    expect([code, err]).toEqual([0, '']);
    return out.map((line) => JSON.parse(line).requestId).sort();
  };
  expect(await ids('--from', '2026-11-20')).toEqual(['req_1', 'req_2']);
  expect(await ids('--from', '2026-11-01', '--to', '2026-11-30', '--account', 'demo')).toEqual(['req_1', 'req_3']);
  expect(await ids('--from', '2026-10-01', '--to', '2026-10-31')).toEqual([]);
  expect(await run('--to', '2026-11-20')).toMatchObject({ code: 2, out: [] });
  expect(await run('--from', 'yesterday')).toMatchObject({ code: 1, out: [], err: expect.stringContaining('from') });
  expect(await run('--from', '2026-11-20', '--account', 'nobody')).toMatchObject({ code: 1, out: [] });
});
