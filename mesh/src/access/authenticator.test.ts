import { hash } from 'node:crypto';
import type { KeyRecord, KeySource, SignatureScheme } from '@portico/contracts/access-records';
import { newApiKey } from '@portico/contracts/api-key-text';
import { describe, expect, it } from 'vitest';
import { type Authenticator, createAuthenticator, type SignedRequest } from './authenticator.ts';
import { createKeyDirectory } from './key-directory.ts';
import type { ReplayGuard } from './replay-guard.ts';
import { signRequest } from './sign-request.ts';

const now = Date.UTC(2026, 10, 21, 12);
const secret = 'sk_secret';

function setUp(change: Partial<KeyRecord> = {}): {
  authenticator: Authenticator;
  key: string;
  lookups: () => number;
  announce: (id: string) => void;
  set: (change: Partial<KeyRecord>) => void;
} {
  const key = newApiKey('test');
  const limits = { quota: { limit: 1, windowSeconds: 1 }, burst: { limit: 1, windowSeconds: 1 } };
  let record: KeyRecord = {
    id: 'key_1',
    accountId: 'acct_1',
    mode: 'test',
    name: 'n',
    scopes: ['read'],
    tier: 'pro',
    limits,
    signingSecret: secret,
    signatures: ['sha256', 'v2'],
    allowedAddresses: [],
    allowedOrigins: [],
    status: 'active',
    expiresAt: now + 1_000,
    ...change,
  };
  let lookups = 0;
  let announce: (id: string) => void = () => {};
  const source: KeySource = {
    async findKey(keyHash) {
      lookups += 1;
      return keyHash === hash('sha256', key) ? record : undefined;
    },
    onKeyChange(listener) {
      announce = listener;
      return { [Symbol.dispose]: () => {} };
    },
    touch: () => {},
  };
  const used = new Map<string, string | undefined>();
  const replay: ReplayGuard = {
    async accept({ signature, idempotencyKey }) {
      if (used.has(signature)) return idempotencyKey !== undefined && used.get(signature) === idempotencyKey;
      used.set(signature, idempotencyKey);
      return true;
    },
    sweep: async () => {},
  };
  const authenticator = createAuthenticator({ directory: createKeyDirectory(source), replay, touch: () => {}, nowMs: () => now });
  return {
    authenticator,
    key,
    lookups: () => lookups,
    announce: (id) => announce(id),
    set(next) {
      record = { ...record, ...next };
    },
  };
}

function signed(key: string, change: Partial<SignedRequest> = {}, scheme: SignatureScheme = 'sha256', atMs = now): SignedRequest {
  const request = { method: 'GET', target: '/api/v1/orders', body: Buffer.alloc(0), ...change };
  const headers = signRequest({ ...request, key, secret, scheme, nowMs: atMs });
  return {
    apiKey: key,
    signature: headers['X-API-Signature'],
    timestamp: headers['X-Timestamp'],
    remoteAddress: '127.0.0.1',
    idempotencyKey: undefined,
    ...request,
    ...change,
  };
}

describe('a signed request', () => {
  it.each(['sha256', 'v2'] as const)('is accepted under the %s scheme', async (scheme) => {
    const { authenticator, key } = setUp();
    const post = signed(key, { method: 'POST', body: Buffer.from('{"ä":1}') }, scheme);
    expect((await authenticator.authenticate(post)).record.accountId).toBe('acct_1');
  });

  it('needs no look-up once the key is known', async () => {
    const { authenticator, key, lookups } = setUp();
    await authenticator.authenticate(signed(key));
    expect(authenticator.authenticate(signed(key))).not.toBeInstanceOf(Promise);
    expect(lookups()).toBe(1);
  });

  it.each<[string, (key: string) => SignedRequest, RegExp]>([
    ['without a key', (key) => ({ ...signed(key), apiKey: undefined }), /X-API-Key header is missing/],
    ['with a mistyped key', (key) => signed(`${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}`), /malformed/],
    ['with another key', () => signed(newApiKey('test')), /not known/],
    ['without a timestamp', (key) => ({ ...signed(key), timestamp: undefined }), /X-Timestamp header is missing/],
    ['with words for a timestamp', (key) => ({ ...signed(key), timestamp: 'now' }), /unix seconds/],
    ['from a slow clock', (key) => signed(key, {}, 'sha256', now - 301_000), /301 seconds in the past/],
    ['from a fast clock', (key) => signed(key, {}, 'sha256', now + 301_000), /301 seconds in the future/],
    ['without a signature', (key) => ({ ...signed(key), signature: undefined }), /X-API-Signature header is missing/],
    ['with a malformed signature', (key) => ({ ...signed(key), signature: 'sha256=abc' }), /must be one sha256=/],
    [
      'with two signatures, though both are right',
      (key) => ({ ...signed(key), signature: `${signed(key).signature},${signed(key, {}, 'v2').signature}` }),
      /must be one sha256=/,
    ],
    [
      'with a signature of another body',
      (key) => ({ ...signed(key, { body: Buffer.from('a') }), body: Buffer.from('b') }),
      /not the one of this request/,
    ],
    [
      'with a v2 signature of another path',
      (key) => ({ ...signed(key, {}, 'v2'), target: '/api/v1/customers' }),
      /not the one of this request/,
    ],
    ['with a v2 signature of another method', (key) => ({ ...signed(key, {}, 'v2'), method: 'HEAD' }), /not the one of this request/],
    ['with the time of another signature', (key) => ({ ...signed(key), timestamp: String(now / 1000 + 1) }), /not the one of this request/],
  ])('%s is refused, and the message says why', async (_, make, message) => {
    const { authenticator, key } = setUp();
    await expect((async () => authenticator.authenticate(make(key)))()).rejects.toMatchObject({
      code: 'AUTHENTICATION_ERROR',
      message: expect.stringMatching(message),
    });
  });

  it.each<[Partial<KeyRecord>, string, RegExp]>([
    [{ status: 'revoked' }, 'AUTHENTICATION_ERROR', /revoked/],
    [{ expiresAt: now }, 'AUTHENTICATION_ERROR', /expired/],
    [{ signatures: ['v2'] }, 'AUTHENTICATION_ERROR', /accepts only v2/],
    [{ allowedAddresses: ['203.0.113.0/24', '2001:db8::/32'] }, 'AUTHORIZATION_ERROR', /address/],
  ])('of a key with %j is refused', async (change, code, message) => {
    const { authenticator, key } = setUp(change);
    await expect((async () => authenticator.authenticate(signed(key)))()).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  it('is accepted from an allowed address, mapped into IPv6 or not', async () => {
    const { authenticator, key } = setUp({ allowedAddresses: ['203.0.113.0/24', '2001:db8::/32'] });
    for (const remoteAddress of ['203.0.113.9', '::ffff:203.0.113.9', '2001:db8::1']) {
      await expect(Promise.resolve(authenticator.authenticate(signed(key, { remoteAddress })))).resolves.toBeDefined();
    }
  });

  it('that changes something counts once, except under its own idempotency key', async () => {
    const { authenticator, key } = setUp();
    const post = signed(key, { method: 'POST' });
    await authenticator.authenticate(post);
    await expect((async () => authenticator.authenticate(post))()).rejects.toThrow(/used before/);
    await expect((async () => authenticator.authenticate({ ...post, idempotencyKey: 'x' }))()).rejects.toThrow(/used before/);
    const keyed = signed(key, { method: 'POST', target: '/x', idempotencyKey: 'x' }, 'v2');
    await authenticator.authenticate(keyed);
    await expect(Promise.resolve(authenticator.authenticate(keyed))).resolves.toBeDefined();
    await expect((async () => authenticator.authenticate({ ...keyed, idempotencyKey: 'y' }))()).rejects.toThrow(/used before/);
  });

  it('is another one at another place or by another method, though a sha256 signature covers neither and the idempotency key is the same', async () => {
    const { authenticator, key } = setUp();
    const post = signed(key, { method: 'POST', target: '/x', idempotencyKey: 'x' });
    await authenticator.authenticate(post);
    for (const other of [{ target: '/y' }, { method: 'PATCH' }])
      await expect((async () => authenticator.authenticate({ ...post, ...other }))()).rejects.toThrow(/used before/);
  });
});

describe('the key directory', () => {
  it('forgets a key that changed, and everything when it may have missed something', async () => {
    const { authenticator, key, announce, set, lookups } = setUp();
    await authenticator.authenticate(signed(key));
    set({ status: 'revoked' });
    announce('key_other');
    expect(authenticator.authenticate(signed(key))).not.toBeInstanceOf(Promise);
    announce('key_1');
    await expect(authenticator.authenticate(signed(key))).rejects.toThrow(/revoked/);
    set({ status: 'active' });
    announce('*');
    await expect(authenticator.authenticate(signed(key))).resolves.toBeDefined();
    expect(lookups()).toBe(3);
  });

  it('asks once for a key that many requests bring at the same time, and not at all for one it just missed', async () => {
    const { authenticator, key, lookups } = setUp();
    await Promise.all(Array.from({ length: 20 }, () => authenticator.authenticate(signed(key))));
    expect(lookups()).toBe(1);
    const guess = newApiKey('test');
    for (let i = 0; i < 5; i += 1) await expect((async () => authenticator.authenticate(signed(guess)))()).rejects.toThrow();
    expect(lookups()).toBe(2);
  });
});
