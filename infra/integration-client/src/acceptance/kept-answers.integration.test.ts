// A provider that wants credentials and says nothing about caching, as most do; later it is away. Asked by us, and by undici with its own cache.

import { silentLogger } from '@portico/service-kit/testing';
import { Agent, interceptors, request } from 'undici';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { bearer } from '../auth.ts';
import { createClient } from '../create-client.ts';
import { defineProvider, op } from '../define-provider.ts';
import { fixedSecrets, secret } from '../secrets.ts';
import { startServer } from './testing-client.ts';

const CALLS = 20;
const rates = defineProvider('rates', {
  baseUrl: 'http://127.0.0.1:1',
  auth: bearer(secret('rates/token')),
  limits: { perMinute: 10_000 },
  retries: { baseMs: 5 },
  operations: { get: op.get('/rates', { response: z.object({ eur: z.number() }), cache: { ttlMs: 300_000, staleMs: 3_600_000 } }) },
});

async function startRates() {
  const state = { isAway: false };
  const server = await startServer((_request, response) => {
    response.writeHead(state.isAway ? 500 : 200, { 'content-type': 'application/json' }).end('{"eur":1.1}');
  });
  return { ...server, state };
}

describe('a provider that says nothing about caching', () => {
  it('is asked once by us, and is not missed when it is away', async () => {
    await using server = await startRates();
    let now = Date.now();
    const secrets = fixedSecrets({ 'rates/token': { value: 'token' } });
    await using client = createClient({
      providers: { rates },
      secrets,
      logger: silentLogger,
      baseUrls: { rates: server.url },
      now: () => now,
    });
    for (let call = 0; call < CALLS; call += 1) expect((await client.rates.get({})).data).toEqual({ eur: 1.1 });
    expect(server.received()).toBe(1);
    server.state.isAway = true;
    now += 301_000;
    expect(await client.rates.get({})).toMatchObject({ data: { eur: 1.1 }, cached: true, stale: true });
  });

  it("is asked every time by undici's cache, which has nothing when it is away", async () => {
    await using server = await startRates();
    const agent = new Agent();
    await using _ = { [Symbol.asyncDispose]: () => agent.close() };
    const dispatcher = agent.compose(interceptors.cache({ cacheByDefault: 300_000 }));
    const ask = async (): Promise<number> => {
      const { statusCode, body } = await request(server.url, { dispatcher, headers: { authorization: 'Bearer token' } });
      await body.dump();
      return statusCode;
    };
    for (let call = 0; call < CALLS; call += 1) expect(await ask()).toBe(200);
    expect(server.received()).toBe(CALLS);
    server.state.isAway = true;
    expect(await ask()).toBe(500);
  });
});
