// One process of a fleet whose callers all want the same thing, which nobody has yet: `node caching-process.ts <cache> <redis url> <upstream url>
// <callers>`. Says `ready`, waits for a line, says `asked` when all callers have asked, then what they got, as one line.
import { createInterface } from 'node:readline/promises';
import { BentoCache, bentostore } from 'bentocache';
import { memoryDriver } from 'bentocache/drivers/memory';
import { redisDriver } from 'bentocache/drivers/redis';
import { Redis } from 'ioredis';
import { Agent, interceptors, request } from 'undici';
import { z } from 'zod';
import { bearer } from '../../auth/auth-declaration.ts';
import { createClient } from '../../create-client.ts';
import { defineProvider, op } from '../../define-provider.ts';
import { fixedSecrets, secret } from '../../secrets.ts';

type Ask = () => Promise<unknown>;

const [cache = '', redisUrl = '', upstream = '', callers = ''] = process.argv.slice(2);
const open: Readonly<Record<string, () => Promise<Ask>>> = {
  'this client': openOurs,
  bentocache: openBentocache,
  "undici's cache": async () => openUndici(),
};
const ask = await open[cache]?.();
if (ask === undefined) throw new TypeError(`There is no cache ${cache}.`);
const input = createInterface({ input: process.stdin });
process.stdout.write('ready\n');
await input[Symbol.asyncIterator]().next();
const asking = Promise.all(Array.from({ length: Number(callers) }, ask));
process.stdout.write('asked\n');
const answers = await asking;
process.stdout.write(`${JSON.stringify([...new Set(answers.map((answer) => JSON.stringify(answer)))])}\n`);
process.exit(0);

/** Ready when Redis is: before that, a process asks for itself. */
async function openOurs(): Promise<Ask> {
  const catalogue = defineProvider('catalogue', {
    baseUrl: upstream,
    auth: bearer(secret('key')),
    limits: { perMinute: 1_000_000 },
    // All callers have to ask before anybody is answered, on a machine that may be busy.
    deadlineMs: 30_000,
    attemptTimeoutMs: 30_000,
    operations: { read: op.get('/thing', { response: z.object({ name: z.string() }) }) },
  });
  const up = Promise.withResolvers<void>();
  const info = (fields: object): void => {
    if ('dependency' in fields) up.resolve();
  };
  const logger = { debug() {}, info, warn() {}, error() {} };
  const client = createClient({ providers: { catalogue }, secrets: fixedSecrets({ key: 'key' }), logger, redisUrl });
  await up.promise;
  return async () => (await client.catalogue.read()).data;
}

/** As its guide sets it up: memory before Redis, stale answers for an hour. */
async function openBentocache(): Promise<Ask> {
  const connection = new Redis(redisUrl);
  const store = bentostore().useL1Layer(memoryDriver({})).useL2Layer(redisDriver({ connection }));
  const bento = new BentoCache({ default: 'both', stores: { both: store } });
  const load = async (): Promise<unknown> => (await request(`${upstream}/thing`, { headers: { authorization: 'Bearer key' } })).body.json();
  await connection.ping();
  return () => bento.getOrSet({ key: 'thing', ttl: '5m', grace: '1h', factory: load });
}

function openUndici(): Ask {
  const dispatcher = new Agent().compose(interceptors.cache());
  return async () => (await request(`${upstream}/thing`, { dispatcher, headers: { authorization: 'Bearer key' } })).body.json();
}
