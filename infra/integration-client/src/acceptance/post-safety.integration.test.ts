// A server that does what it is told and then resets the connection: the caller cannot know that it was done.
import { printCounts } from '@portico/service-kit/testing-counts';
import axios from 'axios';
import axiosRetry from 'axios-retry';
import { describe, expect, it } from 'vitest';
import { SAVED_AT_MOST } from '../policies/retry/retry-budget.ts';
import { codeOf, openTestClient, startServer } from './surroundings/testing-client.ts';

const CALLS = 1_000;
const AT_A_TIME = 50;
/** What the budget for retries begins with. */
const AT_START = 10;

/** What each of them ended with. */
async function codesOf(call: (nth: number) => Promise<unknown>): Promise<string[]> {
  const codes: string[] = [];
  let begun = 0;
  const caller = async (): Promise<void> => {
    while (begun < CALLS) {
      begun += 1;
      codes.push(await codeOf(call(begun)));
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, caller));
  return codes;
}

describe('1,000 POSTs whose connection is reset after the body', () => {
  it('are done once each when they carry a key, and every call knows whether it was done', async () => {
    const executions = new Map<string, number>();
    await using server = await startServer((request, response) => {
      const key = String(request.headers['idempotency-key']);
      const isReplay = executions.has(key);
      if (!isReplay) executions.set(key, 1);
      if (isReplay) response.writeHead(201).end('{}');
      else request.socket.resetAndDestroy();
    });
    await using client = openTestClient({ url: server.url, off: ['ENABLE_CIRCUIT_BREAKER'] });
    const startedAt = Date.now();
    const codes = await codesOf((nth) => client.sut.write({ body: {} }, { key: `k-${nth}` }));
    expect(executions.size).toBe(CALLS);
    expect(new Set(codes)).toEqual(new Set(['ok', 'OUTCOME_UNKNOWN']));
    // Retries are paid from the budget, which saves up so many.
    expect(codes.filter((code) => code === 'ok').length).toBeGreaterThanOrEqual(SAVED_AT_MOST);
    // A fifth, what there is at start, and three a second.
    expect(server.received()).toBeLessThanOrEqual(CALLS * 1.2 + AT_START + ((Date.now() - startedAt) / 1_000) * 3);
    const ok = codes.filter((code) => code === 'ok').length;
    printCounts('lost POSTs with a key', { calls: CALLS, done: executions.size, sent: server.received(), ok, OUTCOME_UNKNOWN: CALLS - ok });
  });

  it('are sent once each when they carry none', async () => {
    await using server = await startServer((request) => request.socket.resetAndDestroy());
    await using client = openTestClient({ url: server.url, off: ['ENABLE_CIRCUIT_BREAKER'] });
    const codes = await codesOf(() => client.sut.writeOnce({ body: {} }));
    expect(codes).toHaveLength(CALLS);
    expect(new Set(codes)).toEqual(new Set(['OUTCOME_UNKNOWN']));
    expect(server.received()).toBe(CALLS);
    printCounts('lost POSTs without a key', { calls: CALLS, sent: server.received(), OUTCOME_UNKNOWN: codes.length });
  });

  it('are told from those that never left, however often they were tried', async () => {
    await using server = await startServer((_request, response) => void response.socket?.resetAndDestroy());
    await using reset = openTestClient({ url: server.url });
    await expect(reset.sut.write({ body: {} }, { key: 'k' })).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN', neverSent: false });
    await using away = openTestClient({ url: 'http://127.0.0.1:1' });
    await expect(away.sut.write({ body: {} }, { key: 'k' })).rejects.toMatchObject({ code: 'SERVER_ERROR', attempts: 4, neverSent: true });
  });

  it('are sent four times each by axios-retry with its defaults', async () => {
    await using server = await startServer((request) => request.socket.resetAndDestroy());
    const http = axios.create({ baseURL: server.url });
    axiosRetry(http);
    await expect(http.post('/things', {})).rejects.toThrow();
    printCounts('one lost POST by axios-retry', { sent: server.received() });
    expect(server.received()).toBe(4);
  });
});
