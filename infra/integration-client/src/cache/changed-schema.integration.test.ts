// An answer that was kept under a schema which has been changed since, by a deployment for instance.
import { hasRedisServer, startRedisServer } from '@portico/service-kit/redis/redis-testing';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { createClient } from '../create-client.ts';
import { defineProvider, op } from '../define-provider.ts';
import { fixedSecrets } from '../secrets.ts';
import { recordingLogger } from '../testing/recording-logger.ts';

it.runIf(hasRedisServer)('an answer that was kept and does not fit the schema any more is asked for again', async () => {
  await using redis = await startRedisServer();
  const answers = [{ name: 'a' }, { name: 'a', size: 1 }];
  let asked = 0;
  const logger = recordingLogger();
  const connections = () => logger.lines.filter((line) => JSON.stringify(line).includes('"up"'));
  const open = <Answer extends z.ZodType>(response: Answer) =>
    createClient({
      providers: {
        acme: defineProvider('acme', {
          baseUrl: 'https://api.acme.example',
          operations: { get: op.get('/things', { response }) },
        }),
      },
      secrets: fixedSecrets({}),
      logger,
      redisUrl: redis.url,
      transport: async () => {
        const body = Buffer.from(JSON.stringify(answers[Math.min(asked, 1)]));
        asked += 1;
        return { status: 200, headers: { 'content-type': 'application/json' }, body };
      },
    });
  await using before = open(z.object({ name: z.string() }));
  await using after = open(z.object({ name: z.string(), size: z.int() }));
  await expect.poll(connections).toHaveLength(2);
  expect(await before.acme.get()).toMatchObject({ data: { name: 'a' }, cached: false });
  expect(await after.acme.get()).toMatchObject({ data: { name: 'a', size: 1 }, cached: false, stale: false, attempts: 1 });
  expect(asked).toBe(2);
  expect(await before.acme.get()).toMatchObject({ cached: true });
});
