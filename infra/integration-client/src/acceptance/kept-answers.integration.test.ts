// A provider that says nothing about caching, asked with credentials: what its answers save, as the whole client keeps them.
import { Agent, interceptors, request } from 'undici';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { bearer } from '../auth/auth-declaration.ts';
import { defineProvider, op } from '../define-provider.ts';
import { secret } from '../secrets.ts';
import { seeded } from '../testing/seeded.ts';
import { testClient } from '../testing/test-client.ts';
import { startServer } from './surroundings/testing-client.ts';

const CALLS = 8_000;
const THINGS = 200;
const SOFT_TIMEOUT_MS = 200;

const catalogue = defineProvider('catalogue', {
  baseUrl: 'https://catalogue.example',
  auth: bearer(secret('key')),
  limits: { perMinute: 1_000_000 },
  operations: {
    read: op.get('/things/{id}', { params: z.object({ id: z.string() }), response: z.object({ name: z.string() }) }),
  },
});

/** Some things are asked for more often than others (Zipf). */
function chooser(): () => string {
  const random = seeded(7);
  const bounds: number[] = [];
  for (let rank = 1; rank <= THINGS; rank += 1) bounds.push((bounds.at(-1) ?? 0) + 1 / Math.sqrt(rank));
  return () => {
    const wanted = random() * (bounds.at(-1) ?? 0);
    return String(bounds.findIndex((bound) => bound >= wanted));
  };
}

describe('a provider that says nothing about caching', () => {
  it('is asked for fewer than a fifth of the calls: each thing is asked for six times in 300 s', async () => {
    await using test = testClient({ catalogue });
    test.catalogue.read.replies({ name: 'a' });
    const choose = chooser();
    let kept = 0;
    for (let call = 0; call < CALLS; call += 1) {
      const { cached, stale } = await test.call.catalogue.read({ params: { id: choose() } });
      if (cached && !stale) kept += 1;
      await test.clock.advance(250);
    }
    console.log(
      `${((kept / CALLS) * 100).toFixed(1)} % of ${CALLS} calls were answered from what was kept, ${test.requests.length} were sent`,
    );
    expect(kept / CALLS).toBeGreaterThanOrEqual(0.8);
    expect(test.requests).toHaveLength(CALLS - kept);
    expect(test.requests[0]?.headers.authorization).toMatch(/^Bearer /);
  });

  it('is stood in for after the soft timeout when it hangs', async () => {
    await using test = testClient({ catalogue });
    test.catalogue.read.replies({ name: 'a' });
    await test.call.catalogue.read({ params: { id: 'a' } });
    await test.clock.advance(300_001);
    test.catalogue.read.replies({ fault: 'hang' });
    const { stale, cached, ageMs, responseTimeMs } = await test.call.catalogue.read({ params: { id: 'a' } });
    expect({ stale, cached, ageMs, responseTimeMs }).toEqual({
      stale: true,
      cached: true,
      ageMs: 300_001 + SOFT_TIMEOUT_MS,
      responseTimeMs: SOFT_TIMEOUT_MS,
    });
  });

  it("is asked each time through undici's own cache", async () => {
    await using server = await startServer((_request, response) => response.writeHead(200).end('{}'));
    const agent = new Agent();
    const dispatcher = agent.compose(interceptors.cache());
    for (let call = 0; call < 3; call += 1) {
      const { body } = await request(server.url, { dispatcher, headers: { authorization: 'Bearer key' } });
      await body.dump();
    }
    await agent.destroy();
    expect(server.received()).toBe(3);
  });
});
