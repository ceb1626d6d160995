import { describe, expect, it } from 'vitest';
import type { AppliedLimits } from '../limits/applied-limits.ts';
import { createCounters } from '../limits/counters.ts';
import type { Limiter } from '../limits/limiter.ts';
import { createMemoryLimiter } from '../limits/memory-limiter.ts';
import type { RestRequest } from '../rest/rest-request.ts';
import { limitRate } from './limit-rate.ts';

const applied: AppliedLimits = {
  request: [{ name: 'burst', key: 'key_1:burst:60', limit: 1, windowSeconds: 60 }],
  policy: '"burst";q=1;w=60',
};

function newStep(wrap: (limiter: Limiter) => Limiter) {
  const lines: unknown[] = [];
  const refusals: string[] = [];
  const unused = (): void => {};
  const logger = {
    debug: unused,
    warn: unused,
    error: unused,
    info: (fields: unknown, message: string) => lines.push({ fields, message }),
  };
  const limiter = wrap(createMemoryLimiter({ counters: createCounters(), nowMs: () => 15_000 }));
  const step = limitRate({ limiter, limitsOf: () => applied, metrics: { countRefusal: (name) => refusals.push(name) }, logger });
  return { step, lines, refusals };
}

function newRequest(): RestRequest {
  // The step looks at no more than this of a request.
  return {
    requestId: 'req_1',
    credentials: { record: {} },
    caller: { accountId: 'acct_1', actor: 'key_1' },
    endpoint: { operationId: 'listOrders' },
  } as RestRequest;
}

const served = async () => ({ status: 200, headers: {}, body: undefined });

describe.each<[string, (limiter: Limiter) => Limiter]>([
  ['at once', (limiter) => limiter],
  ['later', (limiter) => ({ consume: async (request) => limiter.consume(request) })],
])('a limiter that answers %s', (_, wrap) => {
  it('lets requests pass, and refuses one too many with its time to wait, a line in the log and a count', async () => {
    const { step, lines, refusals } = newStep(wrap);
    expect(await step(newRequest(), served)).toMatchObject({ status: 200 });
    expect([lines, refusals]).toEqual([[], []]);
    const request = newRequest();
    const refused = (async () => step(request, served))();
    await expect(refused).rejects.toMatchObject({ code: 'RATE_LIMIT_EXCEEDED', retryAfterSeconds: 45 });
    expect(request.rateLimit).toMatchObject({ policy: '"burst";q=1;w=60', outcome: { remaining: 0, resetAt: 60 } });
    expect(refusals).toEqual(['burst']);
    const fields = { requestId: 'req_1', accountId: 'acct_1', actor: 'key_1', route: 'listOrders', limit: 'burst' };
    expect(lines).toEqual([{ fields, message: 'rate limit exceeded' }]);
  });

  it('is not asked about somebody who is not known', async () => {
    const { step } = newStep(() => ({ consume: () => Promise.reject(new Error('It was asked.')) }));
    expect(await step({ ...newRequest(), credentials: undefined }, served)).toMatchObject({ status: 200 });
  });
});
