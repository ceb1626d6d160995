// The same as canary.test.ts for what is beside the REST contract: tokens, people, the graph, and those who call back.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ALL, found, startWatchedStack, type Watched } from '../stack/canaries.ts';
import { type Stack, TOPOLOGIES } from '../stack/start-stack.ts';

/** What is posted, as JSON unless it is a form already. */
type Post = { url: string; body: object; headers?: Record<string, string> };

/** Who is known, so that some of what is sent comes far. */
type Known = { clientId: string; clientSecret: string; token: string };

describe.each(TOPOLOGIES)('canaries at the other entrances, %s', (topology) => {
  let watched: Watched;
  let stack: Stack;
  let known: Known;
  beforeAll(async () => {
    watched = await startWatchedStack(topology);
    stack = watched.stack;
    const account = 'canary';
    const { clientId, clientSecret } = await stack.client({ account });
    const permissions: ('graph:read' | 'graph:write')[] = ['graph:read', 'graph:write'];
    const { token } = await stack.admin.serviceTokens.issue({ account, mode: 'test', subject: 'service:canary', permissions });
    known = { clientId, clientSecret, token };
  });
  afterAll(() => watched?.[Symbol.asyncDispose]());

  it.each<[string, (to: Stack, canary: string, known: Known) => Post[], number[]]>([
    ['the authorization server', tokenRequests, [200, 400, 401]],
    ['sign-in', signIns, [200, 400, 401]],
    ['the procedures', procedureCalls, [401, 404]],
    ['the graph', graphQueries, [200, 401]],
    ['the callbacks of payment providers', callbacks, [401, 404]],
  ])('put into every field of %s are kept nowhere', async (_, postsOf, expected) => {
    const statuses = new Set<number>();
    for (const canary of ALL)
      for (const { url, body, headers } of postsOf(stack, canary, known)) {
        const isForm = body instanceof URLSearchParams;
        const type: Record<string, string> = isForm ? {} : { 'content-type': 'application/json' };
        const everywhere = {
          'user-agent': canary,
          cookie: `portico_developer=${canary}`,
          referer: `https://example.com/?${encodeURIComponent(canary)}`,
        };
        const sent = { method: 'POST', headers: { ...everywhere, ...type, ...headers }, body: isForm ? body : JSON.stringify(body) };
        statuses.add((await fetch(url, sent)).status);
      }
    expect([...statuses].filter((status) => status >= 500)).toEqual([]);
    expect([...statuses]).toEqual(expect.arrayContaining(expected));
    for (const [where, text] of Object.entries(await watched.everythingKept())) expect([where, found(text)]).toEqual([where, []]);
  });
});

function tokenRequests({ url }: Stack, canary: string, { clientId, clientSecret }: Known): Post[] {
  const own = { client_id: clientId, client_secret: clientSecret };
  const forms: Record<string, string>[] = [
    { grant_type: canary, scope: canary, client_id: canary, client_secret: canary },
    { grant_type: 'client_credentials', client_id: clientId, client_secret: canary },
    { grant_type: 'client_credentials', scope: canary, ...own },
    { grant_type: 'refresh_token', refresh_token: canary, ...own },
    { token: canary, token_type_hint: canary, [canary]: canary, ...own },
  ];
  return ['token', 'refresh', 'revoke', 'introspect'].flatMap((path) =>
    forms.flatMap((form): Post[] => [
      { url: `${url}/api/oauth/${path}`, body: new URLSearchParams(form) },
      { url: `${url}/api/oauth/${path}`, body: form, headers: { authorization: `Basic ${btoa(`${canary}:${canary}`)}` } },
    ]),
  );
}

function signIns({ url }: Stack, canary: string): Post[] {
  const email = canary.includes('@') ? canary : `${canary.replace(/\W/g, '.').slice(0, 40)}@example.com`;
  const person = { email, password: `${canary}-${canary}`, name: canary, callbackURL: `/${encodeURIComponent(canary)}`, [canary]: canary };
  const code = { code: canary, token: canary, newPassword: canary, currentPassword: canary };
  const known = ['/sign-up/email', '/sign-in/email', '/request-password-reset', '/send-verification-email'];
  const strange = ['/two-factor/verify-totp', '/reset-password', '/change-password', `/${encodeURIComponent(canary)}`];
  return [...known.map((path) => [path, person] as const), ...strange.map((path) => [path, code] as const)].map(([path, body]) => ({
    url: `${url}/portal/api/auth${path}`,
    body,
  }));
}

function procedureCalls({ url }: Stack, canary: string): Post[] {
  const body = { accountId: canary, slug: canary, name: canary, [canary]: canary };
  return ['accounts.create', 'tickets.open', encodeURIComponent(canary)].map((path) => ({ url: `${url}/portal/api/trpc/${path}`, body }));
}

function graphQueries({ internalUrl }: Stack, canary: string, { token }: Known): Post[] {
  const literal = JSON.stringify(canary);
  const bodies = [
    { query: 'query ($id: ID!) { customer(id: $id) { name } }', variables: { id: canary } },
    { query: `{ customer(id: ${literal}) { name } }` },
    { query: `{ ${canary} }`, operationName: canary },
    { query: `mutation { updateProduct(id: ${literal}, input: { name: ${literal} }) { id } }` },
  ];
  return [token, canary].flatMap((bearer) =>
    bodies.map((body) => ({ url: `${internalUrl}/graphql`, body, headers: { authorization: `Bearer ${bearer}` } })),
  );
}

function callbacks({ url }: Stack, canary: string): Post[] {
  return ['sandbox', encodeURIComponent(canary)].map((provider) => ({
    url: `${url}/api/v1/payments/callbacks/${provider}`,
    body: { id: canary, [canary]: canary },
    headers: { 'stripe-signature': canary },
  }));
}
