import { apiKey } from '@portico/integration-client/auth';
import { createClient } from '@portico/integration-client/create-client';
import { defineProvider, op } from '@portico/integration-client/define-provider';
import { fixedSecrets, secret } from '@portico/integration-client/secrets';
import { silentLogger } from '@portico/service-kit/testing';
import axios from 'axios';
import got from 'got';
import { Registry } from 'prom-client';
import { request } from 'undici';
import { z } from 'zod';
import { SLOW_MS } from './provider.ts';

export type Call = () => Promise<unknown>;

/** One call of every kind, by its name in the tables; the first is what the others are compared with. */
export function openCalls(url: string, redisUrl: string | undefined): AsyncDisposable & { byName: ReadonlyMap<string, Call> } {
  const client = openClient(url, redisUrl);
  const input = { params: { id: 'p_1' } };
  const address = `${url}/payments/p_1`;
  const byName = new Map<string, Call>([
    ['undici.request, bare', async () => (await request(address)).body.json()],
    ['integration client', () => client.acme.getPayment(input)],
    ['integration client, adaptive limit', () => client.adaptive.getPayment(input)],
    ['fetch, bare', async () => (await fetch(address)).json()],
    ['got, bare', () => got(address).json()],
    ['axios, bare', () => axios.get(address)],
    ['integration client, kept answer', () => client.acme.getKept(input)],
    [`integration client, ${SLOW_MS}-ms provider`, () => client.acme.getSlowly(input)],
  ]);
  return { byName, [Symbol.asyncDispose]: () => client[Symbol.asyncDispose]() };
}

/** Everything on: credentials, schemas both ways, breaker, limit, budget, hedge, deadline, metrics, log line; the cache has a row of its own. */
function openClient(url: string, redisUrl: string | undefined) {
  const declared = { params: z.object({ id: z.string() }), response: z.object({ id: z.string(), amount: z.number(), status: z.string() }) };
  const live = { ...declared, cache: 'none', hedge: { afterMs: 1_000 } } as const;
  const acme = defineProvider('acme', {
    baseUrl: url,
    auth: apiKey({ header: 'X-API-Key', secret: secret('acme/key') }),
    limits: { perMinute: 10_000_000, concurrency: 1_000 },
    operations: {
      getPayment: op.get('/payments/{id}', live),
      getKept: op.get('/payments/{id}', declared),
      getSlowly: op.get('/slow/{id}', live),
    },
  });
  const adaptive = { ...acme, name: 'adaptive', limits: { ...acme.limits, concurrency: 'adaptive' } } as const satisfies typeof acme;
  const surroundings = { secrets: fixedSecrets({ 'acme/key': 'key' }), logger: silentLogger, registry: new Registry(), redisUrl };
  return createClient({ providers: { acme, adaptive }, ...surroundings });
}
