// An outage, and callers who do not stop: what the provider is asked beyond what they asked.
import { printCounts } from '@portico/service-kit/testing-counts';
import axios from 'axios';
import axiosRetry from 'axios-retry';
import got from 'got';
import { Agent, interceptors, request } from 'undici';
import { describe, expect, it } from 'vitest';
import { codeOf, openTestClient, startServer } from './surroundings/testing-client.ts';

const CALLS = 1_000;
const AT_A_TIME = 50;

async function offer(calls: number, call: () => Promise<unknown>): Promise<void> {
  let left = calls;
  const caller = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await call();
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, caller));
}

describe('a provider that fails every request', () => {
  it('is asked little more than ten times while the breaker holds', async () => {
    await using server = await startServer((_request, response) => response.writeHead(503).end());
    await using client = openTestClient({ url: server.url });
    await offer(CALLS, () => codeOf(client.sut.read({ params: { id: 'a' } })));
    printCounts('an outage with the breaker', { calls: CALLS, sent: server.received() });
    // Those under way when it opened, and their retries, cannot be taken back.
    expect(server.received()).toBeLessThanOrEqual(10 + AT_A_TIME);
  });

  it('is asked at most 1.2 times as often as callers did, and three times a second, without the breaker', async () => {
    await using server = await startServer((_request, response) => response.writeHead(503).end());
    await using client = openTestClient({ url: server.url, off: ['ENABLE_CIRCUIT_BREAKER'] });
    const startedAt = Date.now();
    await offer(CALLS, () => codeOf(client.sut.read({ params: { id: 'a' } })));
    printCounts('an outage without the breaker', { calls: CALLS, sent: server.received(), 'times as many': server.received() / CALLS });
    const atStart = 10;
    expect(server.received()).toBeLessThanOrEqual(CALLS * 1.2 + atStart + ((Date.now() - startedAt) / 1_000) * 3);
    expect(server.received()).toBeGreaterThan(CALLS * 1.1);
  });

  it('answers again at once when the outage ends', async () => {
    let failing = true;
    await using server = await startServer((_request, response) => response.writeHead(failing ? 503 : 200).end('{}'));
    let now = Date.now();
    await using client = openTestClient({ url: server.url, now: () => now });
    await offer(100, () => codeOf(client.sut.read({ params: { id: 'a' } })));
    failing = false;
    now += 40_000;
    const codes: string[] = [];
    await codeOf(client.sut.read({ params: { id: 'a' } }));
    await offer(CALLS, async () => void codes.push(await codeOf(client.sut.read({ params: { id: 'a' } }))));
    const ok = codes.filter((code) => code === 'ok').length;
    printCounts('after the outage', { calls: CALLS, ok });
    expect(ok).toBeGreaterThanOrEqual(CALLS * 0.99);
  });

  it('is asked three times as often by got, four times by axios-retry, and six times by undici with retry', async () => {
    await using server = await startServer((_request, response) => response.writeHead(503).end());
    await got(server.url, { retry: { calculateDelay: ({ computedValue }) => (computedValue === 0 ? 0 : 1) } }).catch(() => {});
    const byGot = server.received();
    await using agent = Object.assign(new Agent(), { [Symbol.asyncDispose]: () => Promise.resolve() });
    const dispatcher = agent.compose(interceptors.retry({ minTimeout: 1, maxTimeout: 1 }));
    await request(server.url, { dispatcher }).catch(() => {});
    await agent.destroy();
    const byUndici = server.received() - byGot;
    const http = axios.create();
    axiosRetry(http);
    await http.get(server.url).catch(() => {});
    const byAxios = server.received() - byGot - byUndici;
    printCounts('requests for one call in an outage', { got: byGot, 'undici with retry': byUndici, 'axios-retry': byAxios });
    expect([byGot, byUndici, byAxios]).toEqual([3, 6, 4]);
  });
});
