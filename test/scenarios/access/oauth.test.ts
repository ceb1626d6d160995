import { request } from 'node:http';
import { within } from '@portico/service-kit/testing-stopwatch';
import * as oauth from 'oauth4webapi';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Client } from '../../stack/credentials.ts';
import { send } from '../../stack/send.ts';
import { type Stack, startStack, TOPOLOGIES } from '../../stack/start-stack.ts';

type Failure = { error: { code: string; message: string; details: Record<string, unknown> } };
const ORDERS = '/api/v1/orders?fields=id';
const WITHIN_MS = 1_000;
const OFTEN = { interval: 20 };
/** The tests talk to loopback; the library asks to be told that this is meant. */
const insecure = { [oauth.allowInsecureRequests]: true };

describe.each(TOPOLOGIES)('OAuth 2.0, %s', (topology) => {
  let stack: Stack;
  let server: oauth.AuthorizationServer;
  let client: Client;
  beforeAll(async () => {
    stack = await startStack({ topology });
    client = await stack.client({ account: 'shop' });
    const issuer = new URL(stack.url);
    server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure }));
  });
  afterAll(() => stack?.[Symbol.asyncDispose]());

  const identity = ({ clientId }: Client): oauth.Client => ({ client_id: clientId });
  async function getTokens(by: Client = client, parameters: Record<string, string> = {}): Promise<oauth.TokenEndpointResponse> {
    const authentication = oauth.ClientSecretBasic(by.clientSecret);
    const response = await oauth.clientCredentialsGrantRequest(server, identity(by), authentication, parameters, insecure);
    return oauth.processClientCredentialsResponse(server, identity(by), response);
  }
  async function refresh(refreshToken: string | undefined, by: Client = client): Promise<oauth.TokenEndpointResponse> {
    const authentication = oauth.ClientSecretPost(by.clientSecret);
    const response = await oauth.refreshTokenGrantRequest(server, identity(by), authentication, refreshToken ?? '', insecure);
    return oauth.processRefreshTokenResponse(server, identity(by), response);
  }
  async function introspect(token: string | undefined, by: Client = client): Promise<oauth.IntrospectionResponse> {
    const authentication = oauth.ClientSecretBasic(by.clientSecret);
    const response = await oauth.introspectionRequest(server, identity(by), authentication, token ?? '', insecure);
    return oauth.processIntrospectionResponse(server, identity(by), response);
  }
  async function revoke(token: string | undefined, by: Client = client): Promise<void> {
    const response = await oauth.revocationRequest(server, identity(by), oauth.ClientSecretBasic(by.clientSecret), token ?? '', insecure);
    await oauth.processRevocationResponse(response);
  }
  const bearer = (token: string | undefined): Record<string, string> => ({ authorization: `Bearer ${token}` });
  const statusWith = async (token: string | undefined, target = ORDERS): Promise<number> =>
    (await send(stack, 'GET', target, { headers: bearer(token) })).status;
  const post = (path: string, body: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(stack.url + path, { method: 'POST', body, headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers } });
  const basic = ({ clientId, clientSecret }: Client): string => `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;

  it('works with a client library that knows nothing but the address: discovery, token, API', async () => {
    const tokens = await getTokens();
    expect(tokens).toMatchObject({ token_type: 'bearer', expires_in: 3_600, scope: 'read write', refresh_token: expect.any(String) });
    expect(await statusWith(tokens.access_token)).toBe(200);
    const created = await send(stack, 'POST', '/api/v1/products', {
      headers: bearer(tokens.access_token),
      body: { sku: 'BY-TOKEN', name: 'x', price: 1, currency: 'USD' },
    });
    expect(created.status).toBe(201);
    const key = await stack.key({ account: 'shop' });
    const seen = await send(stack, 'GET', '/api/v1/products?fields=sku', { key });
    expect((seen.body as { data: object[] }).data).toContainEqual({ sku: 'BY-TOKEN' });
  });

  it('gives tokens of the profile of RFC 9068, which the library verifies with the published keys', async () => {
    const { access_token } = await getTokens();
    const request = new Request(stack.url, { headers: bearer(access_token) });
    const claims = await oauth.validateJwtAccessToken(server, request, 'portico-api', insecure);
    expect(claims).toMatchObject({
      iss: stack.url,
      sub: client.clientId,
      client_id: client.clientId,
      user_id: client.clientId,
      account: client.accountId,
      mode: 'test',
      permissions: ['read', 'write'],
    });
    expect(claims.exp - claims.iat).toBe(3_600);
  });

  it('narrows scopes on demand, and never widens them', async () => {
    const narrow = await getTokens(client, { scope: 'orders:read' });
    expect([narrow.scope, await statusWith(narrow.access_token)]).toEqual(['orders:read', 200]);
    const refused = await send(stack, 'GET', '/api/v1/products', { headers: bearer(narrow.access_token) });
    expect([refused.status, (refused.body as Failure).error.details]).toEqual([403, { requiredScope: 'products:read' }]);
    expect(refused.headers.get('www-authenticate')).toBe('Bearer realm="portico", error="insufficient_scope", scope="products:read"');
    const reader = await stack.client({ scopes: ['orders:read'] });
    for (const scope of ['orders:write', 'read', 'graph:read'])
      await expect(getTokens(reader, { scope })).rejects.toMatchObject({ error: 'invalid_scope' });
    expect((await refresh(narrow.refresh_token)).scope).toBe('orders:read');
  });

  it('refreshes by rotation, at both endpoints, and ends everything when a used token comes back', async () => {
    const first = await getTokens();
    const second = await refresh(first.refresh_token);
    expect(second.refresh_token).not.toBe(first.refresh_token);
    const body = new URLSearchParams({ refresh_token: second.refresh_token ?? '' }).toString();
    const third = (await (await post('/api/oauth/refresh', body, { authorization: basic(client) })).json()) as { [name: string]: string };
    for (const token of [first.access_token, second.access_token, third.access_token]) expect(await statusWith(token)).toBe(200);
    await expect(refresh(first.refresh_token)).rejects.toMatchObject({ error: 'invalid_grant' });
    await expect(refresh(third.refresh_token)).rejects.toMatchObject({ error: 'invalid_grant' });
    for (const token of [first.access_token, second.access_token, third.access_token])
      await within(WITHIN_MS, () => expect.poll(() => statusWith(token), OFTEN).toBe(401));
  });

  it('revokes: an access token alone, a refresh token with all that came of its grant', async () => {
    const [one, other] = [await getTokens(), await getTokens()];
    for (const { access_token } of [one, other]) expect(await statusWith(access_token)).toBe(200);
    await revoke(one.access_token);
    await within(WITHIN_MS, () => expect.poll(() => statusWith(one.access_token), OFTEN).toBe(401));
    const next = await refresh(one.refresh_token);
    expect(await statusWith(next.access_token)).toBe(200);
    await revoke(next.refresh_token);
    await within(WITHIN_MS, () => expect.poll(() => statusWith(next.access_token), OFTEN).toBe(401));
    await expect(refresh(next.refresh_token)).rejects.toMatchObject({ error: 'invalid_grant' });
    expect(await statusWith(other.access_token)).toBe(200);
    await revoke('never-was');
    await expect(revoke(other.access_token, await stack.client())).rejects.toMatchObject({ error: 'unauthorized_client' });
  });

  it('introspects the tokens of one account and mode, and of no other', async () => {
    const { access_token, refresh_token } = await getTokens();
    expect(await introspect(access_token)).toMatchObject({ active: true, scope: 'read write', client_id: client.clientId, mode: 'test' });
    expect(await introspect(refresh_token)).toMatchObject({ active: true, client_id: client.clientId });
    expect(await introspect(access_token, await stack.client({ account: 'shop' }))).toMatchObject({ active: true });
    for (const stranger of [await stack.client(), await stack.client({ account: 'shop', mode: 'live' })])
      for (const token of [access_token, refresh_token]) expect(await introspect(token, stranger)).toEqual({ active: false });
    await revoke(refresh_token);
    for (const token of [access_token, refresh_token, 'never-was']) expect(await introspect(token)).toEqual({ active: false });
  });

  it('takes from tokens within a second what their client loses, from the next ones too, and gives it back with the client’s', async () => {
    const changing = await stack.client({ scopes: ['orders:read', 'products:read'] });
    const { access_token, refresh_token } = await getTokens(changing);
    const products = '/api/v1/products?fields=id';
    const both = async (token: string): Promise<number[]> => [await statusWith(token), await statusWith(token, products)];
    expect(await both(access_token)).toEqual([200, 200]);
    await stack.admin.oauthClients.update(changing.clientId, { scopes: ['orders:read', 'customers:read'] });
    await within(WITHIN_MS, () => expect.poll(() => both(access_token), OFTEN).toEqual([200, 403]));
    expect(await introspect(access_token, changing)).toMatchObject({ active: true, scope: 'orders:read', permissions: ['orders:read'] });
    const next = await refresh(refresh_token, changing);
    expect([next.scope, await both(next.access_token)]).toEqual(['orders:read', [200, 403]]);
    await stack.admin.oauthClients.update(changing.clientId, { scopes: ['read'] });
    await within(WITHIN_MS, () => expect.poll(() => both(access_token), OFTEN).toEqual([200, 200]));
  });

  it('stops a client within a second of its end, its tokens and its secret alike', async () => {
    const leaving = await stack.client();
    const { access_token } = await getTokens(leaving);
    expect(await statusWith(access_token)).toBe(200);
    await stack.admin.oauthClients.revoke(leaving.clientId);
    await within(WITHIN_MS, () => expect.poll(() => statusWith(access_token), OFTEN).toBe(401));
    await expect(getTokens(leaving)).rejects.toMatchObject({ status: 401, code: oauth.WWW_AUTHENTICATE_CHALLENGE });
  });

  it('rotates its signing key without ending a token, and withdraws one with all that it signed', async () => {
    const kidOf = (token: string): string => JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid;
    const published = async (): Promise<unknown[]> =>
      ((await (await fetch(`${stack.url}/.well-known/jwks.json`)).json()) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);
    const { access_token: old } = await getTokens();
    const { id } = await stack.admin.signingKeys.rotate();
    const { access_token: young } = await getTokens();
    expect([kidOf(young), kidOf(old) === id]).toEqual([id, false]);
    expect(await published()).toEqual(expect.arrayContaining([kidOf(old), id]));
    await within(WITHIN_MS, () => expect.poll(() => statusWith(young), OFTEN).toBe(200));
    expect(await statusWith(old)).toBe(200);
    await stack.admin.signingKeys.withdraw(kidOf(old));
    await within(WITHIN_MS, () => expect.poll(() => statusWith(old), OFTEN).toBe(401));
    expect(await published()).not.toContain(kidOf(old));
    expect(await statusWith(young)).toBe(200);
  });

  it('keeps the two kinds of token apart: neither opens the door of the other', async () => {
    const { access_token } = await getTokens();
    const graph = await fetch(`${stack.internalUrl}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...bearer(access_token) },
      body: JSON.stringify({ query: '{ __typename }' }),
    });
    expect(graph.status).toBe(401);
    const { token } = await stack.admin.serviceTokens.issue({
      account: 'shop',
      mode: 'test',
      subject: 'service:x',
      permissions: ['graph:read'],
    });
    const reply = await send(stack, 'GET', ORDERS, { headers: bearer(token) });
    expect(reply.status).toBe(401);
    expect(reply.headers.get('www-authenticate')).toMatch(/^HMAC-SHA256 .*, Bearer realm="portico", error="invalid_token"$/);
  });

  it('is refused with two Authorization headers, whichever of them is good', async () => {
    const { access_token } = await getTokens();
    const { host } = new URL(stack.url);
    const statusOf = (...authorizations: string[]): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const headers = ['host', host, ...authorizations.flatMap((one) => ['authorization', one])];
        request(stack.url + ORDERS, { headers }, (response) => resolve(response.resume().statusCode))
          .on('error', reject)
          .end();
      });
    const good = `Bearer ${access_token}`;
    expect(await statusOf(good)).toBe(200);
    for (const pair of [
      [good, 'Bearer x'],
      ['Bearer x', good],
      [good, good],
      [good, 'Basic eDp4'],
    ])
      expect(await statusOf(...pair)).toBe(401);
  });

  it('takes a key beside a token only when both are of one account and mode', async () => {
    const { access_token } = await getTokens();
    const both = async (key: Awaited<ReturnType<Stack['key']>>): Promise<number> =>
      (await send(stack, 'GET', ORDERS, { key, headers: bearer(access_token) })).status;
    expect(await both(await stack.key({ account: 'shop' }))).toBe(200);
    expect(await both(await stack.key({ account: 'shop', mode: 'live' }))).toBe(401);
    expect(await both(await stack.key())).toBe(401);
    const key = await stack.key({ account: 'shop' });
    expect((await send(stack, 'GET', ORDERS, { key, headers: bearer(`${access_token}x`) })).status).toBe(401);
  });

  it('answers errors as RFC 6749 has them, and nothing that may be kept', async () => {
    const grant = 'grant_type=client_credentials';
    const { clientId, clientSecret } = client;
    const inBody = `${grant}&client_id=${clientId}&client_secret=${clientSecret}`;
    const own = { authorization: basic(client) };
    const json = { 'content-type': 'application/json' };
    const cases: [string, number, string, Response][] = [
      ['no client', 401, 'invalid_client', await post('/api/oauth/token', grant)],
      [
        'wrong secret',
        401,
        'invalid_client',
        await post('/api/oauth/token', grant, { authorization: basic({ ...client, clientSecret: 'x' }) }),
      ],
      [
        'unknown client',
        401,
        'invalid_client',
        await post('/api/oauth/token', grant, { authorization: basic({ ...client, clientId: 'x' }) }),
      ],
      ['not Basic', 401, 'invalid_client', await post('/api/oauth/token', grant, { authorization: 'Bearer x' })],
      ['not base64', 401, 'invalid_client', await post('/api/oauth/token', grant, { authorization: 'Basic ???' })],
      ['two ways', 400, 'invalid_request', await post('/api/oauth/token', inBody, own)],
      ['another client_id', 400, 'invalid_request', await post('/api/oauth/token', `${grant}&client_id=x`, own)],
      ['no grant', 400, 'invalid_request', await post('/api/oauth/token', 'scope=read', own)],
      ['unknown grant', 400, 'unsupported_grant_type', await post('/api/oauth/token', 'grant_type=password', own)],
      ['twice', 400, 'invalid_request', await post('/api/oauth/token', `${grant}&${grant}`, own)],
      ['unknown scope', 400, 'invalid_scope', await post('/api/oauth/token', `${grant}&scope=all`, own)],
      ['unknown refresh', 400, 'invalid_grant', await post('/api/oauth/token', 'grant_type=refresh_token&refresh_token=x', own)],
      ['no refresh', 400, 'invalid_request', await post('/api/oauth/refresh', '', own)],
      ['no token', 400, 'invalid_request', await post('/api/oauth/revoke', 'x=y', own)],
      ['in the query', 400, 'invalid_request', await post(`/api/oauth/token?${grant}`, 'x=y', own)],
      ['no JSON', 400, 'invalid_request', await post('/api/oauth/token', '{', { ...own, ...json })],
      ['no texts', 400, 'invalid_request', await post('/api/oauth/token', '{"grant_type":1}', { ...own, ...json })],
      ['XML', 415, 'invalid_request', await post('/api/oauth/token', '<x/>', { ...own, 'content-type': 'text/xml' })],
    ];
    for (const [name, status, error, response] of cases) {
      const body = await response.json();
      expect([name, response.status, body]).toEqual([name, status, { error, error_description: expect.stringMatching(/^[\x20-\x7e]+$/) }]);
      expect([name, response.headers.get('cache-control')]).toEqual([name, 'no-store']);
      expect([name, response.headers.get('www-authenticate')?.startsWith('Basic ') ?? false]).toEqual([name, status === 401]);
    }
    const good = await post(
      '/api/oauth/token',
      JSON.stringify({ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret }),
      json,
    );
    expect([good.status, good.headers.get('cache-control'), good.headers.get('pragma')]).toEqual([200, 'no-store', 'no-cache']);
  });
});

describe('the issuer', () => {
  it('is what PUBLIC_URL says, whatever a request calls the gateway', async () => {
    await using stack = await startStack({ topology: 'all-in-one', env: { PUBLIC_URL: 'https://api.example/' } });
    const { clientId, clientSecret } = await stack.client();
    const metadata = await send(stack, 'GET', '/.well-known/oauth-authorization-server', {
      headers: { 'x-forwarded-host': 'evil.example' },
    });
    expect(metadata.body).toMatchObject({ issuer: 'https://api.example', token_endpoint: 'https://api.example/api/oauth/token' });
    const body = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
    const { access_token } = (await send(stack, 'POST', '/api/oauth/token', { body })).body as { access_token: string };
    expect(JSON.parse(Buffer.from(access_token.split('.')[1] ?? '', 'base64url').toString()).iss).toBe('https://api.example');
    expect((await send(stack, 'GET', ORDERS, { headers: { authorization: `Bearer ${access_token}` } })).status).toBe(200);
  });
});
