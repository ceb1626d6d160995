import { createSign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  CLAIMS,
  come,
  ec,
  encode,
  foreign,
  HEADER,
  hmac,
  ISSUER,
  jwkOf,
  make,
  own,
  publicPem,
  seconds,
  setUp,
  without,
  withToken,
} from './bearer-testing.ts';

const HOSTILE: readonly [string, () => string][] = [
  ['alg none, no signature', () => make({ header: { alg: 'none' }, sign: () => '' })],
  ['alg None, no signature', () => make({ header: { alg: 'None' }, sign: () => '' })],
  ['alg none with a signature', () => make({ header: { alg: 'none' } })],
  ['HS256 with the public key as its secret', () => make({ header: { alg: 'HS256' }, sign: hmac(publicPem) })],
  ['HS256 with the public key, trimmed', () => make({ header: { alg: 'HS256' }, sign: hmac(publicPem.trim()) })],
  ['HS512 with the public key', () => make({ header: { alg: 'HS512' }, sign: hmac(publicPem, 'sha512') })],
  ['HS256 with no secret', () => make({ header: { alg: 'HS256' }, sign: hmac('') })],
  [
    'RS512 by the right key',
    () => make({ header: { alg: 'RS512' }, sign: (input) => createSign('RSA-SHA512').update(input).sign(own.privateKey, 'base64url') }),
  ],
  [
    'PS256 by the right key',
    () =>
      make({
        header: { alg: 'PS256' },
        sign: (input) => createSign('RSA-SHA256').update(input).sign({ key: own.privateKey, padding: 6 }, 'base64url'),
      }),
  ],
  [
    'ES256 by another key',
    () =>
      make({
        header: { alg: 'ES256' },
        sign: (input) => createSign('SHA256').update(input).sign({ key: ec.privateKey, dsaEncoding: 'ieee-p1363' }, 'base64url'),
      }),
  ],
  ['no alg', () => make({ header: { alg: undefined } })],
  ['a list of algs', () => make({ header: { alg: ['RS256'] } })],
  ['the signature of a foreign key', () => make({ by: foreign.privateKey })],
  ['an unknown kid', () => make({ header: { kid: 'sig_other' }, by: foreign.privateKey })],
  ['no kid', () => make({ header: { kid: undefined } })],
  ['a kid that is no text', () => make({ header: { kid: 1 } })],
  ['a kid that is a path', () => make({ header: { kid: '../../dev/null' }, sign: hmac('') })],
  ['a kid that is a prototype name', () => make({ header: { kid: '__proto__' } })],
  ['its own key in jwk', () => make({ header: { kid: 'mine', jwk: jwkOf(foreign.publicKey, 'mine') }, by: foreign.privateKey })],
  ['its own keys at jku', () => make({ header: { kid: 'mine', jku: 'https://evil.example/jwks' }, by: foreign.privateKey })],
  ['a critical extension nobody knows', () => make({ header: { crit: ['b64'], b64: false } })],
  ['typ JWT, as a service token', () => make({ header: { typ: 'JWT' } })],
  ['no typ', () => make({ header: { typ: undefined } })],
  ['another issuer', () => make({ claims: { iss: 'https://evil.example' } })],
  ['an issuer that begins like ours', () => make({ claims: { iss: `${ISSUER}.evil.example` } })],
  ['no issuer', () => make(without('iss'))],
  ['the audience of the graph', () => make({ claims: { aud: 'portico-graph' } })],
  ['no audience', () => make(without('aud'))],
  ['expired', () => make({ claims: { exp: seconds - 10 } })],
  ['no expiry', () => make(without('exp'))],
  ['an expiry that is text', () => make({ claims: { exp: String(seconds + 3_600) } })],
  ['not yet valid', () => make({ claims: { nbf: seconds + 60 } })],
  ['no account', () => make(without('account'))],
  ['no mode', () => make(without('mode'))],
  ['a mode that is none', () => make({ claims: { mode: 'all' } })],
  ['permissions that are no list', () => make({ claims: { permissions: 'read' } })],
  ['no client', () => make(without('client_id'))],
  ['an unknown client', () => make({ claims: { client_id: 'client_2' } })],
  ["another account than its client's", () => make({ claims: { account: 'acct_2' } })],
  ["another mode than its client's", () => make({ claims: { mode: 'live' } })],
  ['a changed claim under the old signature', () => make().replace(/\.[^.]+\./, `.${encode({ ...CLAIMS, account: 'acct_2' })}.`)],
  ['a changed header under the old signature', () => make().replace(/^[^.]+/, encode({ ...HEADER, x: 1 }))],
  ['truncated in the signature', () => make().slice(0, -10)],
  ['truncated after the payload', () => make().split('.').slice(0, 2).join('.')],
  ['an empty signature', () => `${make().split('.').slice(0, 2).join('.')}.`],
  ['four parts', () => `${make()}.x`],
  ['padding in the signature', () => `${make()}==`],
  ['a header that is no JSON', () => make({ header: '{' })],
  ['a payload that is no JSON', () => make({ claims: '{' })],
  ['a payload that is a list', () => make({ claims: [] })],
  ['oversized', () => make({ claims: { scope: 'x'.repeat(8_192) } })],
  ['not a token', () => 'abc'],
  ['nothing', () => ''],
];

describe('a bearer token', () => {
  it.each(HOSTILE)('is refused: %s', async (_, forge) => {
    await expect(come(setUp(), withToken(forge()))).rejects.toMatchObject({ code: 'AUTHENTICATION_ERROR' });
  });

  it.each<[string, [string, string][]]>([
    ['two Authorization headers, the first good', [...withToken(make()), ['authorization', 'Bearer x']]],
    ['two Authorization headers, both good', [...withToken(make()), ...withToken(make())]],
    ['two tokens in one header', [['Authorization', `Bearer ${make()}, Bearer ${make()}`]]],
    ['a token and more', [['Authorization', `Bearer ${make()} x`]]],
    ['a good token beside a key of another account', [['X-API-Key', 'k'], ...withToken(make())]],
    ['a bad token beside a good key', [['X-API-Key', 'k'], ...withToken('x')]],
  ])('is refused: %s', async (_, headers) => {
    const set = setUp({ apiKeyOf: { accountId: 'acct_2', mode: 'test' } });
    await expect(come(set, headers)).rejects.toMatchObject({ code: 'AUTHENTICATION_ERROR' });
  });
});
