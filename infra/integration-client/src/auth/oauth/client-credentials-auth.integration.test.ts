import { generateKeyPairSync } from 'node:crypto';
import { openRedis, type RedisConnection } from '@portico/service-kit/redis/redis';
import { hasRedisServer, startRedisServer } from '@portico/service-kit/redis/redis-testing';
import { createDecoder } from 'fast-jwt';
import { afterEach, describe, expect, it } from 'vitest';
import { fixedSecrets, secret } from '../../secrets.ts';
import { recordingLogger } from '../../testing/recording-logger.ts';
import { startTestAuthority, type TestAuthority } from '../../testing/test-authority.ts';
import { type ClientCredentialsOptions, oauth2 } from '../auth-declaration.ts';
import { type Authorizer, openAuthorizer } from '../authorizer.ts';

const REQUEST = { method: 'GET', url: 'https://api.example/things' };
const signal = new AbortController().signal;

let opened = new AsyncDisposableStack();
afterEach(async () => {
  await opened.disposeAsync();
  opened = new AsyncDisposableStack();
});

type Setup = Authorizer & {
  store: ReturnType<typeof fixedSecrets>;
  clock: { at: number };
  logger: ReturnType<typeof recordingLogger>;
  outcomes: string[];
};

function open(
  authority: TestAuthority,
  {
    redis,
    options,
    values = { clientId: 'us', clientSecret: 'first' },
    clock = { at: 1_000_000_000 },
  }: {
    redis?: RedisConnection;
    options?: Partial<ClientCredentialsOptions>;
    values?: Record<string, string>;
    clock?: { at: number };
  } = {},
): Setup {
  const store = fixedSecrets({ client: values });
  const logger = recordingLogger();
  const outcomes: string[] = [];
  const authorizer = openAuthorizer(oauth2.clientCredentials({ tokenUrl: authority.tokenUrl, client: secret('client'), ...options }), {
    provider: 'acme',
    secrets: store,
    redis,
    now: () => clock.at,
    logger,
    events: { tokenRefreshed: (_provider, outcome) => outcomes.push(outcome), secretInUse: () => {} },
  });
  opened.use(authorizer);
  return { ...authorizer, store, clock, logger, outcomes };
}

const tokenOf = async (authorizer: Authorizer): Promise<string | undefined> =>
  (await authorizer.authorize(REQUEST, signal)).headers.authorization;
const start = async (): Promise<TestAuthority> => opened.use(await startTestAuthority());

describe('client credentials', () => {
  it('are asked for once by a hundred calls at a time, and kept', async () => {
    const authority = await start();
    const authorizer = open(authority, { options: { scope: 'payments', audience: 'api' } });
    const tokens = await Promise.all(Array.from({ length: 100 }, () => tokenOf(authorizer)));
    expect(new Set(tokens)).toEqual(new Set(['Bearer token-1-of-first']));
    expect(authority.tokenCalls).toHaveLength(1);
    expect(Object.fromEntries(authority.tokenCalls[0]?.body ?? [])).toEqual({
      grant_type: 'client_credentials',
      scope: 'payments',
      audience: 'api',
    });
    expect(authority.tokenCalls[0]?.authorization).toBe(`Basic ${Buffer.from('us:first').toString('base64')}`);
  });

  it('can send the secret in the body, or an assertion signed with a private key', async () => {
    const authority = await start();
    await tokenOf(open(authority, { options: { authMethod: 'body' } }));
    expect(authority.tokenCalls[0]?.body.get('client_secret')).toBe('first');
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    await tokenOf(open(authority, { options: { authMethod: 'private_key_jwt' }, values: { clientId: 'us', privateKey, keyId: 'k1' } }));
    const assertion = createDecoder({ complete: true })(authority.tokenCalls[1]?.body.get('client_assertion') ?? '');
    expect(assertion).toMatchObject({ header: { alg: 'RS256', kid: 'k1' }, payload: { iss: 'us', sub: 'us', aud: authority.tokenUrl } });
  });

  it.each([
    ['five minutes before the end of a long one', 3_600, 3_300_000],
    ['at half the life of a short one', 60, 30_000],
  ])('are replaced in the background %s', async (_name, expiresIn, dueAfterMs) => {
    const authority = await start();
    authority.expiresIn = expiresIn;
    const authorizer = open(authority);
    await tokenOf(authorizer);
    authorizer.clock.at += dueAfterMs - 1;
    await tokenOf(authorizer);
    expect(authority.tokenCalls).toHaveLength(1);
    authorizer.clock.at += 1;
    const { promise, resolve } = Promise.withResolvers<void>();
    authority.gate = promise;
    // Nobody waits for the new one.
    expect(await tokenOf(authorizer)).toBe('Bearer token-1-of-first');
    await expect.poll(() => authority.tokenCalls.length).toBe(2);
    resolve();
    await expect.poll(() => tokenOf(authorizer)).toBe('Bearer token-2-of-first');
    expect(authority.tokenCalls).toHaveLength(2);
  });

  it('stay when they cannot be replaced, until their end', async () => {
    const authority = await start();
    const authorizer = open(authority);
    await tokenOf(authorizer);
    authorizer.clock.at += 3_400_000;
    authority.nextAnswers.push({ status: 503, body: {} });
    expect(await tokenOf(authorizer)).toBe('Bearer token-1-of-first');
    await expect.poll(() => authorizer.outcomes).toEqual(['ok', 'unreachable']);
    expect(await tokenOf(authorizer)).toBe('Bearer token-1-of-first');
    authorizer.clock.at += 200_000;
    expect(await tokenOf(authorizer)).toBe('Bearer token-3-of-first');
  });

  it('fail as refused or unreachable, without a word of the authority or the secret', async () => {
    const authority = await start();
    const authorizer = open(authority, { values: { clientId: 'us', clientSecret: 'canary' } });
    const refused = await tokenOf(authorizer).catch((error: unknown) => error);
    expect(refused).toMatchObject({ kind: 'refused' });
    // Everybody's answer for a moment: the authority is not asked once per call.
    await expect(tokenOf(authorizer)).rejects.toBe(refused);
    expect(authority.tokenCalls).toHaveLength(1);
    authorizer.clock.at += 1_000;
    authority.nextAnswers.push({ status: 200, body: { access_token: 'canary' } });
    const unreachable = await tokenOf(authorizer).catch((error: unknown) => error);
    expect(unreachable).toMatchObject({ kind: 'unreachable' });
    expect(JSON.stringify([authorizer.logger.lines, String(refused), String(unreachable), refused, unreachable])).not.toContain('canary');
  });

  it.each([
    ['no JSON', 'canary'],
    ['no token', { token_type: 'Bearer' }],
    ['a token of another type', { access_token: 'canary', token_type: 'DPoP' }],
    ['a token with a line break', { access_token: 'canary\r\nx-admin: 1', token_type: 'Bearer' }],
    ['an answer without end', { access_token: 'canary'.repeat(100_000), token_type: 'Bearer' }],
  ])('are not taken from %s', async (_name, body) => {
    const authority = await start();
    authority.nextAnswers.push({ status: 200, body });
    const failure = await tokenOf(open(authority)).catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind: 'unreachable' });
    expect(String(failure)).not.toContain('canary');
  });

  it('are refused by the name of the secret when its private key is none', async () => {
    const authority = await start();
    const options = { authMethod: 'private_key_jwt' } as const;
    const failing = tokenOf(open(authority, { options, values: { clientId: 'us', privateKey: 'canary' } }));
    await expect(failing).rejects.toThrow('The secret "client" holds no RSA or P-256 private key.');
    expect(authority.tokenCalls).toHaveLength(0);
  });

  it('are replaced once when many calls are refused with them, and not again when the new ones are refused too', async () => {
    const authority = await start();
    const authorizer = open(authority);
    const used = await authorizer.authorize(REQUEST, signal);
    authorizer.clock.at += 10_000;
    expect(await Promise.all(Array.from({ length: 50 }, () => authorizer.refused(signal, used)))).toEqual(Array(50).fill(true));
    expect(await authorizer.refused(signal, used)).toBe(true);
    const fresh = await authorizer.authorize(REQUEST, signal);
    expect(fresh.headers.authorization).toBe('Bearer token-2-of-first');
    expect(await authorizer.refused(signal, fresh)).toBe(false);
    expect(authority.tokenCalls).toHaveLength(2);
  });

  it('come with the old secret while the authority does not know the new one', async () => {
    const authority = await start();
    const authorizer = open(authority);
    await tokenOf(authorizer);
    authorizer.store.replace('client', { clientId: 'us', clientSecret: 'second' });
    expect(await tokenOf(authorizer)).toBe('Bearer token-1-of-first');
    // Asked with the new secret, refused, asked with the old one.
    await expect.poll(() => tokenOf(authorizer)).toBe('Bearer token-3-of-first');
    authority.clientSecrets.add('second');
    authorizer.clock.at += 30_000;
    await tokenOf(authorizer);
    await expect.poll(() => tokenOf(authorizer)).toBe('Bearer token-4-of-second');
  });

  it('are waited for no longer than the caller wants, and come for the others all the same', async () => {
    const authority = await start();
    const { promise, resolve } = Promise.withResolvers<void>();
    authority.gate = promise;
    const authorizer = open(authority);
    const impatient = new AbortController();
    const given = authorizer.authorize(REQUEST, impatient.signal);
    const patient = tokenOf(authorizer);
    impatient.abort(new Error('enough'));
    await expect(given).rejects.toThrow('enough');
    resolve();
    expect(await patient).toBe('Bearer token-1-of-first');
  });
});

describe.skipIf(!hasRedisServer)('client credentials of a fleet (needs redis-server)', () => {
  async function fleet(): Promise<{ redis: RedisConnection; kill(): Promise<void> }> {
    const server = opened.use(await startRedisServer());
    const redis = opened.use(await openRedis({ url: server.url, timeoutMs: 10_000, onChange: () => {} }));
    return { redis, kill: server.kill };
  }

  it('are asked for once by all processes, for every life of a token and every version of the secret', async () => {
    const authority = await start();
    const { redis } = await fleet();
    const clock = { at: 1_000_000_000 };
    const processes = Array.from({ length: 4 }, () => open(authority, { redis, clock }));
    const all = (): Promise<(string | undefined)[]> => Promise.all(processes.map(tokenOf));
    expect(new Set(await all())).toEqual(new Set(['Bearer token-1-of-first']));
    expect(authority.tokenCalls).toHaveLength(1);
    clock.at += 3_400_000;
    await expect.poll(async () => new Set(await all())).toEqual(new Set(['Bearer token-2-of-first']));
    expect(authority.tokenCalls).toHaveLength(2);
    authority.clientSecrets.add('second');
    for (const { store } of processes) store.replace('client', { clientId: 'us', clientSecret: 'second' });
    await expect.poll(async () => new Set(await all())).toEqual(new Set(['Bearer token-3-of-second']));
    expect(authority.tokenCalls).toHaveLength(3);
  });

  it('lie in Redis sealed, and who has another secret cannot use them', async () => {
    const authority = await start();
    authority.clientSecrets.add('other');
    const { redis } = await fleet();
    await tokenOf(open(authority, { redis }));
    const keys = await redis.client.keys('*');
    const values = await Promise.all(keys.map((key) => redis.client.get(key)));
    expect(values).toHaveLength(1);
    expect(JSON.stringify([keys, values])).not.toMatch(/token-1-of|first/);
    expect(await tokenOf(open(authority, { redis, values: { clientId: 'us', clientSecret: 'other' } }))).toBe('Bearer token-2-of-other');
  });

  it('are got without Redis when it goes away', async () => {
    const authority = await start();
    const { redis, kill } = await fleet();
    await kill();
    const [one, other] = [open(authority, { redis }), open(authority, { redis })];
    expect(await Promise.all([tokenOf(one), tokenOf(other)])).toHaveLength(2);
    expect(authority.tokenCalls).toHaveLength(2);
  });
});
