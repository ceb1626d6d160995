// For tests: tokens of every kind, good and forged, and an authenticator that they come to.
import { createHmac, createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { ACCESS_TOKEN_AUDIENCE, ACCESS_TOKEN_TYPE, type ClientRecord, type TokenService } from '@portico/contracts/token-service';
import { v1 } from '../../contracts/v1/version.ts';
import { jsonAnswer } from '../../rest/answer/answer.ts';
import type { RestRequest } from '../../rest/rest-request.ts';
import { authenticate } from '../../steps/authenticate.ts';
import type { Credentials } from '../authenticator.ts';
import { createBearerAuthenticator } from './bearer.ts';
import { createPublicKeys } from './public-keys.ts';

export const ISSUER = 'https://api.example';
export const KID = 'sig_01kb3p8nwhfctt4j9b7s1z6m2e';
const rsa = (bits = 2_048): { privateKey: KeyObject; publicKey: KeyObject } => generateKeyPairSync('rsa', { modulusLength: bits });
export const [own, foreign] = [rsa(), rsa()];
export const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
export const publicPem = String(own.publicKey.export({ type: 'spki', format: 'pem' }));
export const jwkOf = (key: KeyObject, kid: string): Record<string, unknown> => ({
  ...key.export({ format: 'jwk' }),
  kid,
  alg: 'RS256',
  use: 'sig',
});

export const seconds = Math.floor(Date.now() / 1_000);
export const CLAIMS = {
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
export const HEADER = { alg: 'RS256', typ: ACCESS_TOKEN_TYPE, kid: KID };
export const RECORD: ClientRecord = {
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

export const encode = (part: unknown): string => Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');
export type Forge = { header?: unknown; claims?: unknown; by?: KeyObject; sign?: (input: string) => string };
export function make({ header = {}, claims = {}, by = own.privateKey, sign }: Forge = {}): string {
  const head = typeof header === 'string' ? header : { ...HEADER, ...(header as object) };
  const body = typeof claims === 'string' || Array.isArray(claims) ? claims : { ...CLAIMS, ...(claims as object) };
  const input = `${encode(head)}.${encode(body)}`;
  return `${input}.${sign === undefined ? createSign('RSA-SHA256').update(input).sign(by).toString('base64url') : sign(input)}`;
}
export const hmac =
  (secret: string, name = 'sha256') =>
  (input: string): string =>
    createHmac(name, secret).update(input).digest('base64url');
export const without = (name: keyof typeof CLAIMS): Forge => ({ claims: { ...CLAIMS, [name]: undefined } });

type Setting = {
  record?: ClientRecord | undefined;
  revoked?: string[];
  keys?: Record<string, unknown>[];
  apiKeyOf?: { accountId: string; mode: 'live' | 'test' };
};
export function setUp(setting: Setting = {}) {
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
    contract: v1,
    requestId: 'req_1',
    traceparent: undefined,
    remoteAddress: '127.0.0.1',
    startedAt: 0,
    endpoint: { operationId: 'x', access: { scopes: [] }, serve: async () => jsonAnswer(200, '') },
    params: {},
    body: Buffer.alloc(0),
    credentials: undefined,
    rateLimit: undefined,
    template: undefined,
    caller: undefined,
  };
}

/** The step as the pipeline runs it: what it throws and what it rejects with are one. */
export async function come(set: ReturnType<typeof setUp>, headers: [string, string][]): Promise<RestRequest> {
  const request = requestWith(headers);
  await set.step(request, async () => jsonAnswer(200, ''));
  return request;
}
export const withToken = (token: string): [string, string][] => [['Authorization', `Bearer ${token}`]];
