// Secrets and personal data go through everything that writes: logs, metrics, Redis, the texts of errors. None may stay anywhere.
import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { createLogger } from '@portico/service-kit/logger';
import { openRedis } from '@portico/service-kit/redis/redis';
import { hasRedisServer, startRedisServer } from '@portico/service-kit/redis/redis-testing';
import { createKeyRing } from '@portico/service-kit/sealing/key-ring';
import { printCounts } from '@portico/service-kit/testing-counts';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { type } from 'arktype';
import { Registry } from 'prom-client';
import * as v from 'valibot';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { oauth2 } from '../auth/auth-declaration.ts';
import { openAuthorizer } from '../auth/authorizer.ts';
import { openAnswerCache } from '../cache/answer-cache.ts';
import { answerKey } from '../cache/answer-key.ts';
import { createObserver } from '../observe/observe-call.ts';
import { describeIssues, hasPersonalData, pii, redact } from '../personal-data.ts';
import { fixedSecrets, secret } from '../secrets.ts';
import { startTestAuthority } from '../testing/test-authority.ts';

const CARD = '4111111111111111';
const MAIL = 'canary@example.com';
const SECRET = 'canary-secret';
// The test authority puts the secret into its tokens: one word finds both.
const CANARIES = new RegExp(`${CARD}|canary`);
const BODY = { id: 'pay_1', email: MAIL, card: CARD };
/** What no schema allows, with a canary in every place. */
const BROKEN = { id: 7, email: 'canary at example', card: CARD, more: MAIL, [MAIL]: CARD };

let opened = new AsyncDisposableStack();
afterEach(async () => {
  await opened.disposeAsync();
  opened = new AsyncDisposableStack();
});

const schemas: [string, StandardSchemaV1][] = [
  ['zod', z.strictObject({ id: z.string(), email: pii(z.email()), card: pii(z.string().max(3)) })],
  [
    'valibot',
    pii.paths(v.strictObject({ id: v.string(), email: v.pipe(v.string(), v.email()), card: v.pipe(v.string(), v.maxLength(3)) }), [
      'email',
      'card',
    ]),
  ],
  ['arktype', pii.paths(type({ '+': 'reject', id: 'string', email: 'string.email', card: 'string<=3' }), ['email', 'card'])],
];

describe.skipIf(!hasRedisServer)('card, e-mail, token and secret (needs redis-server)', () => {
  it.each(schemas)('are in no log line, metric, error or key and value of Redis, with schemas of %s', async (name, schema) => {
    const lines: string[] = [];
    const logger = createLogger({ program: 'test', level: 'debug', destination: { write: (line) => void lines.push(line) } });
    const registry = new Registry();
    const observer = createObserver({ logger, registry });
    const server = opened.use(await startRedisServer());
    const redis = opened.use(await openRedis({ url: server.url, timeoutMs: 10_000, onChange: () => {} }));
    const authority = opened.use(await startTestAuthority());
    authority.clientSecrets.add(SECRET);
    const secrets = fixedSecrets({ client: { clientId: 'us', clientSecret: SECRET } });
    const auth = oauth2.clientCredentials({ tokenUrl: authority.tokenUrl, client: secret('client') });
    const clock = { at: Date.now() };
    const authorizer = opened.use(
      openAuthorizer(auth, { provider: 'acme', secrets, redis, now: () => clock.at, logger, events: observer }),
    );
    const cache = opened.use(
      openAnswerCache({ redis, keyRing: createKeyRing(`1:${randomBytes(32).toString('base64')}`), now: () => clock.at }),
    );
    const signal = AbortSignal.timeout(60_000);

    // A call whose request, answer and credentials are full of them.
    const { headers } = await authorizer.authorize({ method: 'POST', url: `https://api/?email=${MAIL}` }, signal);
    expect(headers.authorization).toMatch(CANARIES);
    const key = answerKey({ provider: 'acme', operation: 'get', query: { email: MAIL }, credential: await authorizer.fingerprint() });
    const policy = { ttlMs: 1_000, staleMs: 60_000, personal: hasPersonalData(schema) };
    await cache.through(key, policy, {}, async () => ({ status: 200, headers: { 'set-cookie': SECRET }, body: BODY }));
    const call = observer.call('acme', 'get', 'req_1', { method: 'GET', template: '/payments/{id}' });
    call.attempt({ failure: `connect ${MAIL}`, durationMs: 1, waitedMs: 0 });
    const { issues = [] } = await schema['~standard'].validate(BROKEN);
    expect(issues.length).toBeGreaterThan(2);
    // What the library says itself tells them.
    expect(issues.map(({ message }) => message).join()).toMatch(CANARIES);
    const contents = {
      responseHeaders: { 'set-cookie': SECRET, date: 'today' },
      requestBody: redact(BODY, schema),
      responseBody: redact(BODY, schema),
    };
    const end = { status: 502, attempts: 1, cached: false, stale: false, ageMs: 0, responseTimeMs: 1, contents };
    call.end({ ...end, code: 'SERVER_ERROR', reason: describeIssues(issues) });

    // The authority refuses, with the secret in its answer.
    clock.at += 3_400_000;
    authority.nextAnswers.push({ status: 400, body: { error: 'invalid_client', error_description: SECRET } });
    await authorizer.authorize({ method: 'GET', url: 'https://api/' }, signal);
    await expect.poll(() => lines.some((line) => line.includes('token_refresh_failed'))).toBe(true);
    clock.at += 1_000_000;
    authority.clientSecrets.clear();
    const thrown = await authorizer.authorize({ method: 'GET', url: 'https://api/' }, signal).catch((error: unknown) => error);
    expect(thrown).toMatchObject({ kind: 'refused' });
    logger.error({ err: thrown }, 'failed');

    const keys = await redis.client.keys('*');
    const stored = await Promise.all(keys.map((each) => redis.client.get(each)));
    expect([keys.length > 1, lines.length > 2]).toEqual([true, true]);
    const written = [lines.join(''), await registry.metrics(), keys.join(), stored.join(), inspect(thrown, { depth: 9, showHidden: true })];
    const found = written.filter((text) => CANARIES.test(text)).length;
    const told = issues.filter(({ message }) => CANARIES.test(message)).length;
    printCounts(`canaries with ${name}`, {
      'log lines': lines.length,
      'keys in Redis': keys.length,
      found,
      'messages of the library': told,
    });
    for (const text of written) expect(text).not.toMatch(CANARIES);
    expect(lines.join('')).toContain('"id":"pay_1"');
  });
});
