// What a provider says about coming again, in every form it may say it, against what time the caller has.
import { printCounts } from '@portico/service-kit/testing-counts';
import { startStopwatch } from '@portico/service-kit/testing-stopwatch';
import { interceptors, MockAgent, request } from 'undici';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { IntegrationError } from '../errors.ts';
import type { Transport } from '../transport/transport.ts';
import { openTestClient } from './surroundings/testing-client.ts';

const NOW = Date.UTC(2026, 10, 21, 12, 0, 0);
const FORMS: readonly [form: string, header: string, afterMs: number | undefined][] = [
  ['seconds', '3', 3_000],
  ['IMF-fixdate', 'Sat, 21 Nov 2026 12:00:03 GMT', 3_000],
  ['RFC 850', 'Saturday, 21-Nov-26 12:00:03 GMT', 3_000],
  ['asctime', 'Sat Nov 21 12:00:03 2026', 3_000],
  ['a past date', 'Fri, 20 Nov 2026 12:00:00 GMT', 0],
  ['a day', '86400', 86_400_000],
  ['garbage', 'after lunch', undefined],
  ['the epoch', String(NOW / 1_000 + 3), 3_000],
];
const DEADLINES = [1_000, 5_000, 10_000];
const CASES = [429, 503].flatMap((status) =>
  FORMS.flatMap(([form, header, afterMs]) => DEADLINES.map((deadlineMs) => ({ status, form, header, afterMs, deadlineMs }))),
);

beforeEach(() => void vi.useFakeTimers({ now: NOW }));
afterEach(() => void vi.useRealTimers());
const counts = { forms: CASES.length, 'sent again in time': 0, 'given up at once': 0, 'too early': 0, 'past the deadline': 0 };
afterAll(() => printCounts('Retry-After', counts));

describe('Retry-After', () => {
  it.each(CASES)(
    '$form with $status and $deadlineMs ms: never earlier, never past the deadline',
    async ({ status, header, afterMs, deadlineMs }) => {
      const sentAt: number[] = [];
      const transport: Transport = async () => {
        sentAt.push(Date.now() - NOW);
        const isFirst = sentAt.length === 1;
        const headers: Record<string, string> = isFirst ? { 'retry-after': header } : {};
        return { status: isFirst ? status : 200, headers, body: Buffer.from('{}') };
      };
      await using client = openTestClient({ transport, random: () => 0 });
      let endedAt = 0;
      const ended = client.sut
        .read({ params: { id: 'a' } }, { deadlineMs })
        .catch((error: unknown) => error)
        .finally(() => {
          endedAt = Date.now() - NOW;
        });
      await vi.advanceTimersByTimeAsync(deadlineMs + 1);
      const result = await ended;
      if (afterMs !== undefined && afterMs >= deadlineMs) {
        expect(result).toBeInstanceOf(IntegrationError);
        expect(result).toMatchObject({ code: status === 429 ? 'RATE_LIMIT_EXCEEDED' : 'SERVER_ERROR', retryAt: new Date(NOW + afterMs) });
        counts['past the deadline'] += endedAt > deadlineMs ? 1 : 0;
        expect([sentAt, endedAt]).toEqual([[0], 0]);
        counts['given up at once'] += 1;
        return;
      }
      counts['too early'] += (sentAt[1] ?? 0) < (afterMs ?? 0) ? 1 : 0;
      expect(result).toMatchObject({ status: 200, attempts: 2 });
      expect(sentAt[1]).toBeGreaterThanOrEqual(afterMs ?? 0);
      expect(sentAt[1]).toBeLessThanOrEqual((afterMs ?? 0) + 10);
      counts['sent again in time'] += 1;
    },
  );
});

describe("undici's own retry", () => {
  it('comes earlier than it is told to', async () => {
    vi.useRealTimers();
    const agent = new MockAgent();
    agent.disableNetConnect();
    const api = agent.get('https://api.example');
    api.intercept({ path: '/' }).reply(503, '{}', { headers: { 'retry-after': '3' } });
    api.intercept({ path: '/' }).reply(200, '{}');
    using stopwatch = startStopwatch();
    const { statusCode } = await request('https://api.example/', {
      dispatcher: agent.compose(interceptors.retry({ maxRetries: 1, maxTimeout: 100 })),
    });
    const waitedMs = stopwatch.tookMs();
    printCounts("undici's own retry", { 'told to wait, ms': 3_000, 'waited, ms': waitedMs });
    expect(statusCode).toBe(200);
    expect(waitedMs).toBeLessThan(3_000);
    await agent.close();
  });
});
