import { generateKeyPairSync } from 'node:crypto';
import { createVerifier } from 'fast-jwt';
import { describe, expect, it } from 'vitest';
import { fixedSecrets, secret } from '../secrets.ts';
import { type AuthDeclaration, apiKey, bearer, noAuth, oauth2, signedJwt } from './auth-declaration.ts';
import { type Authorizer, openAuthorizer } from './authorizer.ts';
import { recordingLogger } from './testing-authority.ts';

const REQUEST = { method: 'GET', url: 'https://api.example/things' };
const signal = new AbortController().signal;

function open(
  auth: AuthDeclaration,
  values: Parameters<typeof fixedSecrets>[0],
  clock = { at: 1_000_000 },
): Authorizer & { store: ReturnType<typeof fixedSecrets> } {
  const store = fixedSecrets(values);
  const deps = { provider: 'acme', secrets: store, redis: undefined, now: () => clock.at, logger: recordingLogger() };
  return { ...openAuthorizer(auth, deps), store };
}

describe('credentials that are the secret itself', () => {
  it.each([
    ['a key in a header', apiKey({ header: 'X-API-Key', secret: secret('key') }), { headers: { 'x-api-key': 'k1' } }],
    ['a key in the query', apiKey({ query: 'api_key', secret: secret('key') }), { headers: {}, query: { api_key: 'k1' } }],
    ['a bearer token', bearer(secret('key')), { headers: { authorization: 'Bearer k1' } }],
    ['nothing', noAuth, { headers: {} }],
  ] as const)('are sent as %s', async (_name, auth, expected) => {
    expect(await open(auth, { key: 'k1' }).authorize(REQUEST, signal)).toEqual(expected);
  });

  it.each(['a\r\nx-admin: 1', 'a b', '', 'é'])('are not sent when they could not stand in a header: %j', async (value) => {
    const failure = await open(bearer(secret('key')), { key: value })
      .authorize(REQUEST, signal)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind: 'unusable', message: 'The secret "key" is missing or malformed in: value.' });
  });

  it('change with the secret, and a call that was refused with the old one is replayed with the new one', async () => {
    const authorizer = open(bearer(secret('key')), { key: 'k1' });
    const old = await authorizer.authorize(REQUEST, signal);
    const before = await authorizer.fingerprint();
    authorizer.store.replace('key', 'k2');
    expect(await authorizer.refused(signal, old)).toBe(true);
    expect(await authorizer.authorize(REQUEST, signal)).toEqual({ headers: { authorization: 'Bearer k2' } });
    expect(await authorizer.fingerprint()).not.toBe(before);
  });

  it('have a fingerprint that holds nothing of them', async () => {
    expect(await open(bearer(secret('key')), { key: 'canary' }).fingerprint()).not.toContain('canary');
  });
});

describe('a token that we sign', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const auth = signedJwt({
    algorithm: 'ES256',
    key: secret('key'),
    issuer: 'us',
    audience: 'them',
    lifetimeMs: 60_000,
    claims: { sub: 'robot', iss: 'forged', exp: 9 },
  });

  it('has the declared claims, ends when it should, and is used again until a quarter of its life is left', async () => {
    const clock = { at: 1_700_000_000_000 };
    const authorizer = open(auth, { key: { privateKey, keyId: 'k1' } }, clock);
    const first = await authorizer.authorize(REQUEST, signal);
    const token = first.headers.authorization?.slice('Bearer '.length) ?? '';
    const verify = createVerifier({ key: publicKey, algorithms: ['ES256'], clockTimestamp: clock.at, complete: true });
    const iat = clock.at / 1_000;
    expect(verify(token)).toMatchObject({
      header: { alg: 'ES256', kid: 'k1' },
      payload: { sub: 'robot', iss: 'us', aud: 'them', iat, exp: iat + 60 },
    });
    clock.at += 44_999;
    expect(await authorizer.authorize(REQUEST, signal)).toBe(first);
    clock.at += 1;
    expect(await authorizer.authorize(REQUEST, signal)).not.toEqual(first);
  });

  it('is refused by name when the key is of another kind', async () => {
    const rsa = signedJwt({ algorithm: 'RS256', key: secret('key'), issuer: 'us', audience: 'them', lifetimeMs: 60_000 });
    await expect(open(rsa, { key: privateKey }).authorize(REQUEST, signal)).rejects.toThrow(
      'The secret "key" holds no private key for RS256.',
    );
  });

  it('lives for at least ten seconds', () => {
    expect(() => signedJwt({ ...auth, lifetimeMs: 9_999 })).toThrow(TypeError);
  });
});

describe('the declaration of OAuth', () => {
  it('takes plain HTTP for loopback only', () => {
    const client = secret('client');
    expect(() => oauth2.clientCredentials({ tokenUrl: 'http://id.example/token', client })).toThrow(/must be https/);
    expect(() => oauth2.clientCredentials({ tokenUrl: 'http://127.0.0.1:1/token', client })).not.toThrow();
  });
});
