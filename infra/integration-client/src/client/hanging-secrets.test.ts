// A secret store that does not answer: a file on a share that is away, a vault that hangs.
import { silentLogger } from '@portico/service-kit/testing';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { apiKey, oauth2 } from '../auth.ts';
import { createClient } from '../create-client.ts';
import { defineProvider, op } from '../define-provider.ts';
import { type SecretStore, secret, secretOf } from '../secrets.ts';

const auths = {
  'an API key': apiKey({ header: 'X-API-Key', secret: secret('acme/key') }),
  'a token': oauth2.clientCredentials({ tokenUrl: 'https://id.acme.example/token', client: secret('acme/client') }),
};

describe.each(Object.entries(auths))('a call with %s whose secret does not come', (_, auth) => {
  it.each(['get', 'getKept'] as const)('ends by its deadline, and leaves its place to others (%s)', async (name) => {
    const read = Promise.withResolvers<ReturnType<typeof secretOf>>();
    const secrets: SecretStore = { get: () => read.promise };
    const acme = defineProvider('acme', {
      baseUrl: 'https://api.acme.example',
      auth,
      limits: { concurrency: 1 },
      breaker: { minimumCalls: 1 },
      retries: { max: 0 },
      deadlineMs: 50,
      attemptTimeoutMs: 50,
      operations: {
        get: op.get('/things', { response: z.object({}), cache: 'none' }),
        getKept: op.get('/kept', { response: z.object({}) }),
      },
    });
    await using client = createClient({ providers: { acme }, secrets, logger: silentLogger });
    const call = client.acme[name];
    for (const _try of [1, 2]) await expect(call()).rejects.toMatchObject({ code: 'API_TIMEOUT', neverSent: true });
    await expect(call({}, { signal: AbortSignal.timeout(10), deadlineMs: 10_000 })).rejects.toMatchObject({ code: 'CANCELLED' });
    read.resolve(secretOf('never used'));
  });
});

it('a call that is refused, and whose secret cannot be read again, ends by its deadline', async () => {
  const read = Promise.withResolvers<ReturnType<typeof secretOf>>();
  const reads = [Promise.resolve(secretOf('first')), read.promise];
  const acme = defineProvider('acme', {
    baseUrl: 'https://api.acme.example',
    auth: auths['an API key'],
    deadlineMs: 50,
    operations: { get: op.get('/things', { response: z.object({}), cache: 'none' }) },
  });
  await using client = createClient({
    providers: { acme },
    secrets: { get: async () => reads.shift() ?? read.promise },
    logger: silentLogger,
    transport: async () => ({ status: 401, headers: {}, body: Buffer.alloc(0) }),
  });
  await expect(client.acme.get()).rejects.toMatchObject({ code: 'AUTHENTICATION_ERROR' });
  read.resolve(secretOf('never used'));
});
