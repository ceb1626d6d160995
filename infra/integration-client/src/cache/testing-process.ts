// One process of a fleet, for tests: `node testing-process.ts <redis url> <upstream url> <key> <callers>`. Says what its callers got as one line.
import { openRedis } from '@portico/service-kit/redis/redis';
import { request } from 'undici';
import { openAnswerCache } from './answer-cache.ts';

const [redisUrl = '', upstream = '', key = '', callers = '1'] = process.argv.slice(2);
await using redis = await openRedis({ url: redisUrl, timeoutMs: 2_000, onChange: () => {} });
await using cache = openAnswerCache({ redis, now: Date.now });
process.stdout.write('ready\n');
await new Promise((resolve) => process.stdin.once('data', resolve));
process.stdin.destroy();

const load = async (): Promise<unknown> => (await request(upstream)).body.json();
const answers = await Promise.all(
  Array.from({ length: Number(callers) }, () => cache.through(key, { ttlMs: 60_000, staleMs: 0 }, {}, load)),
);
process.stdout.write(`${JSON.stringify([...new Set(answers.map(({ value }) => JSON.stringify(value)))])}\n`);
