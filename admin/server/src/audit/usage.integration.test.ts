import { newId } from '@portico/contracts/ids';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, NOON, openTestLog, requestAudit, type TestLog } from '../testing/open-test-log.ts';

let log: TestLog;
beforeAll(async () => {
  log = await openTestLog();
});
afterAll(() => log?.[Symbol.asyncDispose]());

describe('usage', () => {
  it('is what a count of the whole log gives, however often and by however many it is rolled up', async () => {
    const account = newId('account');
    const statuses = [200, 200, 200, 404, 429, 500];
    const durations = [0.4, 1, 1.01, 2.5, 30, 200, 4_999, 5_000, 9_000];
    for (let round = 0; round < 3; round += 1) {
      for (let i = 0; i < 400; i += 1) {
        const status = statuses[(i * 7) % statuses.length] ?? 200;
        log.admin.audit.record(
          requestAudit({
            accountId: account,
            actor: `key_${i % 3}`,
            operation: i % 2 === 0 ? 'listOrders' : 'getOrder',
            at: NOON + (i % 2) * DAY_MS + i,
            status,
            errorCode: status === 429 ? 'RATE_LIMIT_EXCEEDED' : null,
            durationMs: durations[i % durations.length] ?? 1,
          }),
        );
      }
      await log.admin.audit.flush();
      await Promise.all([log.admin.usage.rollUp(), log.admin.usage.rollUp(), log.admin.usage.rollUp()]);
    }
    const bound = (from: number, to: number): string => `count(*) filter (where duration_ms > ${from} and duration_ms <= ${to})::int`;
    const expected = await log.rows(
      `select actor as key_id, operation as route, (at at time zone 'UTC')::date::text as day, count(*)::int as requests,
         count(*) filter (where status = 404)::int as missing, count(*) filter (where status = 429)::int as limited,
         array[${bound(-1, 1)}, ${bound(1, 2.5)}, ${bound(2.5, 5)}, ${bound(5, 10)}, ${bound(10, 25)}, ${bound(25, 50)}, ${bound(50, 100)},
           ${bound(100, 200)}, ${bound(200, 500)}, ${bound(500, 1_000)}, ${bound(1_000, 2_500)}, ${bound(2_500, 5_000)}, ${bound(5_000, 1e9)}] as latency
       from access.request_log where account_id = '${account}' group by 1, 2, 3 order by 1, 2, 3`,
    );
    expect(expected).toHaveLength(6);
    await log.rollUpUntil(
      `select key_id, route, day::text, requests::int, coalesce((errors->>'404')::int, 0) as missing,
         coalesce((errors->>'RATE_LIMIT_EXCEEDED')::int, 0) as limited, latency::int[] as latency
       from access.usage_day where account_id = '${account}' order by 1, 2, 3`,
      expected,
    );
  });

  it('is counted bit by bit when much has gathered, so that no amount is too much for the time of one statement', async () => {
    const total = 20_000;
    await log.client.query(
      `insert into access.usage_delta (account_id, day, mode, key_id, route, requests, errors, latency)
       select 'acct_busy', '2026-11-20', 'live', 'key_' || i % 500, 'listOrders', 1, '{"NOT_FOUND": 1}', array_fill(1::bigint, array[13])
       from generate_series(1, $1) i`,
      [total],
    );
    const counted = async (): Promise<number> =>
      Number((await log.rows(`select sum(requests) as sum from access.usage_day where account_id = 'acct_busy'`))[0]?.sum);
    const seen = new Set<number>();
    let isDone = false;
    const done = log
      .rollUpUntil(`select sum(requests)::int as sum from access.usage_day where account_id = 'acct_busy'`, [{ sum: total }])
      .finally(() => {
        isDone = true;
      });
    while (!isDone) seen.add(await counted());
    await done;
    expect(await counted()).toBe(total);
    expect([...seen].filter((sum) => sum > 0 && sum < total)).not.toEqual([]);
  });

  it('is told per day, by error, by key and by route, with the requests that were too many', async () => {
    const accountId = newId('account');
    for (let i = 0; i < 100; i += 1) log.admin.audit.record(requestAudit({ accountId, actor: 'key_slow', durationMs: i < 90 ? 8 : 80 }));
    for (let i = 0; i < 4; i += 1)
      log.admin.audit.record(
        requestAudit({
          accountId,
          actor: 'key_fast',
          operation: 'getOrder',
          status: 429,
          errorCode: 'RATE_LIMIT_EXCEEDED',
          durationMs: 0.5,
        }),
      );
    await log.admin.audit.flush();
    await log.rollUpUntil(`select sum(requests)::int as requests from access.usage_day where account_id = '${accountId}'`, [
      { requests: 104 },
    ]);
    const range = { accountId, from: '2026-11-20', to: '2026-11-20' };
    expect(await log.admin.usage.requestsPerDay(range)).toEqual([{ day: '2026-11-20', requests: 104, errors: 4 }]);
    expect(await log.admin.usage.requestsPerDay({ ...range, accountId: 'acct_other' })).toEqual([]);
    expect(await log.admin.usage.errorsByCode(range)).toEqual([{ code: 'RATE_LIMIT_EXCEEDED', requests: 4 }]);
    const [slow, fast] = await log.admin.usage.latencyBy('key', range);
    expect(slow).toMatchObject({ name: 'key_slow', requests: 100 });
    expect([slow?.p50Ms, slow?.p95Ms]).toEqual([expect.closeTo(7.8, 1), 75]);
    expect(fast).toMatchObject({ name: 'key_fast', requests: 4 });
    expect((await log.admin.usage.latencyBy('route', range)).map(({ name }) => name)).toEqual(['listOrders', 'getOrder']);
    const violations = await log.admin.usage.rateLimitViolations({ ...range, keyId: 'key_fast' });
    expect(violations).toHaveLength(4);
    expect(violations[0]).toMatchObject({ keyId: 'key_fast', route: 'getOrder', address: '127.0.0.1' });
    await expect(log.admin.usage.requestsPerDay({ ...range, from: 'x' })).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
  });
});
