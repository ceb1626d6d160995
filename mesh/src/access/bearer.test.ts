import { createHmac, createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { ACCESS_TOKEN_AUDIENCE, ACCESS_TOKEN_TYPE, type ClientRecord, type TokenService } from '@portico/contracts/token-service';
import { describe, expect, it } from 'vitest';
import { jsonAnswer } from '../rest/answer/answer.ts';
import type { RestRequest } from '../rest/rest-request.ts';
import { authenticate } from '../steps/authenticate.ts';
import type { Credentials } from './authenticator.ts';
import { createBearerAuthenticator } from './bearer.ts';
import { createPublicKeys } from './public-keys.ts';

const ISSUER = 'https://api.example';
const KID = 'sig_01kb3p8nwhfctt4j9b7s1z6m2e';
const rsa = (bits = 2_048): { privateKey: KeyObject; publicKey: KeyObject } => generateKeyPairSync('rsa', { modulusLength: bits });
const [own, foreign] = [rsa(), rsa()];
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const publicPem = String(own.publicKey.export({ type: 'spki', format: 'pem' }));
const jwkOf = (key: KeyObject, kid: string): Record<string, unknown> => ({
  ...key.export({ format: 'jwk' }),
  kid,
  alg: 'RS256',
  use: 'sig',
});

const seconds = Math.floor(Date.now() / 1_000);
const CLAIMS = {
  iss: ISSUER,
  aud: ACCESS_TOKEN_AUDIENCE,
  sub: 'client_1',
  client_id: 'client_1',
  user_id: 'client_1',
  account: 'acct_1',
  mode: 'test',
  permissions: ['orders:read'],
  scope: 'orders:read',
  jti: 'tok_1',
  family: 'fam_1',
  iat: seconds,
  nbf: seconds,
  exp: seconds + 3_600,
};
const HEADER = { alg: 'RS256', typ: ACCESS_TOKEN_TYPE, kid: KID };
const RECORD: ClientRecord = {
  id: 'client_1',
  accountId: 'acct_1',
  mode: 'test',
  name: 'n',
  scopes: ['orders:read'],
  tier: 'pro',
  limits: { quota: { limit: 1, windowSeconds: 1 }, burst: { limit: 1, windowSeconds: 1 } },
  allowedOrigins: [],
  status: 'active',
};

const encode = (part: unknown): string => Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');
type Forge = { header?: unknown; claims?: unknown; by?: KeyObject; sign?: (input: string) => string };
function make({ header = {}, claims = {}, by = own.privateKey, sign }: Forge = {}): string {
  const head = typeof header === 'string' ? header : { ...HEADER, ...(header as object) };
  const body = typeof claims === 'string' || Array.isArray(claims) ? claims : { ...CLAIMS, ...(claims as object) };
  const input = `${encode(head)}.${encode(body)}`;
  return `${input}.${sign === undefined ? createSign('RSA-SHA256').update(input).sign(by).toString('base64url') : sign(input)}`;
}
const hmac =
  (secret: string, name = 'sha256') =>
  (input: string): string =>
    createHmac(name, secret).update(input).digest('base64url');
const without = (name: keyof typeof CLAIMS): Forge => ({ claims: { ...CLAIMS, [name]: undefined } });

type Setting = {
  record?: ClientRecord | undefined;
  revoked?: string[];
  keys?: Record<string, unknown>[];
  apiKeyOf?: { accountId: string; mode: 'live' | 'test' };
};
function setUp(setting: Setting = {}) {
  const state = { record: RECORD as ClientRecord | undefined, keys: [jwkOf(own.publicKey, KID)], revoked: [] as string[], ...setting };
  const asked = { clients: 0, keys: 0, touched: [] as string[] };
  let announce: (id: string) => void = () => {};
  let clock = Date.now();
  const tokens: Pick<TokenService, 'findClient' | 'isRevoked' | 'onTokenChange' | 'touch'> = {
    async findClient(id) {
      asked.clients += 1;
      return id === state.record?.id ? state.record : undefined;
    },
    isRevoked: async ({ jti, family }) => state.revoked.includes(jti) || state.revoked.includes(family),
    onTokenChange(listener) {
      announce = listener;
      return { [Symbol.dispose]: () => {} };
    },
    touch: (id) => void asked.touched.push(id),
  };
  const jwks = async (): Promise<{ keys: Record<string, unknown>[] }> => {
    asked.keys += 1;
    return { keys: state.keys };
  };
  const bearer = createBearerAuthenticator({ tokens, keys: createPublicKeys(jwks, () => clock), issuer: () => ISSUER, nowMs: () => clock });
  const byKey: Credentials = { record: { ...RECORD, id: 'key_1', ...setting.apiKeyOf }, scopes: new Set(['read']) };
  const step = authenticate({ authenticate: () => byKey }, bearer);
  return { state, asked, bearer, step, announce: (id: string) => announce(id), advance: (ms: number) => (clock += ms) };
}

function requestWith(headers: [string, string][]): RestRequest {
  const incoming = {
    // As node does it: of several `Authorization` fields it keeps the first.
    headers: Object.fromEntries(headers.toReversed().map(([name, value]) => [name.toLowerCase(), value])),
    rawHeaders: headers.flat(),
  } as unknown as IncomingMessage;
  return {
    incoming,
    method: 'GET',
    target: '/',
    path: '/',
    query: '',
    requestId: 'req_1',
    traceparent: undefined,
    remoteAddress: '127.0.0.1',
    startedAt: 0,
    endpoint: { operationId: 'x', access: { scopes: [] }, idempotent: false, takesBody: false, serve: async () => jsonAnswer(200, '') },
    params: {},
    body: Buffer.alloc(0),
    credentials: undefined,
    rateLimit: undefined,
    template: undefined,
    caller: undefined,
  };
}

/** The step as the pipeline runs it: what it throws and what it rejects with are one. */
async function come(set: ReturnType<typeof setUp>, headers: [string, string][]): Promise<RestRequest> {
  const request = requestWith(headers);
  await set.step(request, async () => jsonAnswer(200, ''));
  return request;
}
const withToken = (token: string): [string, string][] => [['Authorization', `Bearer ${token}`]];

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
  it('opens the API with what it permits', async () => {
    const set = setUp();
    const { credentials, caller } = await come(set, withToken(make()));
    expect(credentials).toEqual({ record: RECORD, scopes: new Set(['orders:read']) });
    expect(caller).toMatchObject({ accountId: 'acct_1', mode: 'test', actor: 'client_1' });
    expect(set.asked.touched).toEqual(['client_1']);
  });

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

  it('beside a key of its account and mode leaves the key in charge; of another mode it is refused', async () => {
    const { credentials } = await come(setUp(), [['X-API-Key', 'k'], ...withToken(make())]);
    expect(credentials?.record.id).toBe('key_1');
    const live = setUp({ apiKeyOf: { accountId: 'acct_1', mode: 'live' } });
    await expect(come(live, [['X-API-Key', 'k'], ...withToken(make())])).rejects.toMatchObject({ code: 'AUTHENTICATION_ERROR' });
  });
});

describe('a token that was verified', () => {
  it('is looked up once however many bring it, and answered at once afterwards', async () => {
    const { bearer, asked } = setUp();
    const token = make();
    await Promise.all(Array.from({ length: 20 }, () => bearer.authenticate(token)));
    expect(bearer.authenticate(token)).not.toBeInstanceOf(Promise);
    expect([asked.clients, asked.keys]).toEqual([1, 1]);
  });

  it('ends with its time, though it is still kept', async () => {
    const { bearer, advance } = setUp();
    const token = make({ claims: { exp: seconds + 30 } });
    await bearer.authenticate(token);
    advance(31_000);
    expect(() => bearer.authenticate(token)).toThrow(/expired/);
  });

  it.each(['client_1', 'tok_1', 'fam_1', KID, '*'])('is looked at anew when %s is told to have changed', async (id) => {
    const set = setUp();
    const token = make();
    await set.bearer.authenticate(token);
    set.state.revoked = ['fam_1'];
    set.announce('client_other');
    expect(set.bearer.authenticate(token)).not.toBeInstanceOf(Promise);
    set.announce(id);
    await expect(set.bearer.authenticate(token)).rejects.toMatchObject({ code: 'AUTHENTICATION_ERROR' });
  });

  it('is not kept when a change came in while it was verified', async () => {
    const set = setUp();
    const token = make();
    const first = set.bearer.authenticate(token);
    set.announce('client_1');
    await first;
    expect(set.bearer.authenticate(token)).toBeInstanceOf(Promise);
  });

  it('ends within a minute of the withdrawal of its key when nobody tells, and at once when somebody does', async () => {
    const token = make();
    const untold = setUp();
    await untold.bearer.authenticate(token);
    untold.state.keys = [];
    untold.advance(60_001);
    await expect(untold.bearer.authenticate(token)).rejects.toMatchObject({ code: 'AUTHENTICATION_ERROR' });
    const told = setUp();
    await told.bearer.authenticate(token);
    told.state.keys = [];
    told.announce(KID);
    await expect(told.bearer.authenticate(token)).rejects.toMatchObject({ code: 'AUTHENTICATION_ERROR' });
  });
});

describe('keys that nobody published', () => {
  it('are asked for again by the next token when they could not be had', async () => {
    const set = setUp();
    const [token, { keys }] = [make(), set.state];
    Object.defineProperty(set.state, 'keys', {
      configurable: true,
      get: () => {
        throw new Error('away');
      },
    });
    await expect(set.bearer.authenticate(token)).rejects.toThrow('away');
    Object.defineProperty(set.state, 'keys', { value: keys });
    expect((await set.bearer.authenticate(token)).record.id).toBe('client_1');
  });

  it('make the gateway ask for the keys at most every 30 seconds, and after a rotation at once', async () => {
    const set = setUp();
    const unknown = make({ header: { kid: 'sig_01kb3p8nwhfctt4j9b7s1z6m2f' }, by: foreign.privateKey });
    for (let i = 0; i < 50; i += 1) await expect(set.bearer.authenticate(unknown)).rejects.toBeInstanceOf(Error);
    expect(set.asked.keys).toBe(1);
    set.advance(30_001);
    await expect(set.bearer.authenticate(unknown)).rejects.toBeInstanceOf(Error);
    expect(set.asked.keys).toBe(2);
    set.state.keys = [jwkOf(own.publicKey, KID), jwkOf(foreign.publicKey, 'sig_01kb3p8nwhfctt4j9b7s1z6m2f')];
    set.announce('sig_01kb3p8nwhfctt4j9b7s1z6m2f');
    expect((await set.bearer.authenticate(unknown)).record.id).toBe('client_1');
  });
});
