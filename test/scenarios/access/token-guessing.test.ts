// The endpoints of the authorization server, to somebody who guesses at clients' secrets, and to a client that asks too much.
import { newId } from '@portico/contracts/ids';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Client } from '../../stack/credentials.ts';
import { send } from '../../stack/send.ts';
import { type Stack, startStack, TOPOLOGIES } from '../../stack/start-stack.ts';

const ENDPOINTS = ['token', 'refresh', 'revoke', 'introspect'];
const TOO_MANY = { error: 'temporarily_unavailable', error_description: expect.stringMatching(/^Too many [\x20-\x7e]+$/) };
const env = { TRUSTED_PROXIES: '127.0.0.0/8, ::1', FAILED_AUTHENTICATIONS_PER_MINUTE: '30' };

describe.each(TOPOLOGIES)('at the token endpoints, %s', (topology) => {
  let stack: Stack;
  let addresses = 0;
  beforeAll(async () => {
    stack = await startStack({ topology, shared: true, env });
  });
  afterAll(() => stack?.[Symbol.asyncDispose]());

  /** An address that nobody has come from yet. */
  const newAddress = (): string => {
    addresses += 1;
    return `203.0.${addresses >> 8}.${addresses & 255}`;
  };
  type Asker = { clientId: string; clientSecret?: string; from: string; endpoint?: string };
  const ask = async ({ clientId, clientSecret = 'a wrong guess', from, endpoint = 'token' }: Asker) => {
    const body = { grant_type: 'client_credentials', token: 'x', refresh_token: 'x', client_id: clientId, client_secret: clientSecret };
    const sent = endpoint === 'refresh' ? { ...body, grant_type: 'refresh_token' } : body;
    return send(stack, 'POST', `/api/oauth/${endpoint}`, { body: sent, headers: { 'x-forwarded-for': from } });
  };
  const statusesOf = async (count: number, asker: (i: number) => Asker): Promise<number[]> =>
    (await Promise.all(Array.from({ length: count }, (_, i) => ask(asker(i))))).map(({ status }) => status);
  const count = (statuses: readonly number[], status: number): number => statuses.filter((one) => one === status).length;
  const guessEverywhere = ({ clientId }: Client): Promise<number[]> => statusesOf(260, () => ({ clientId, from: newAddress() }));

  it.each(ENDPOINTS)('%s: an address may guess ten times at a client, and is then refused with the right secret too', async (endpoint) => {
    const [client, guesser] = [await stack.client(), newAddress()];
    const statuses = await statusesOf(25, () => ({ ...client, clientSecret: 'guess', from: guesser, endpoint }));
    expect([count(statuses, 401), count(statuses, 429)]).toEqual([10, 15]);
    for (const other of ENDPOINTS) {
      const refused = await ask({ ...client, from: guesser, endpoint: other });
      expect([other, refused.status, refused.body]).toEqual([other, 429, TOO_MANY]);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(refused.headers.get('cache-control')).toBe('no-store');
    }
    expect((await ask({ ...client, from: newAddress() })).status).toBe(200);
  });

  it('who guesses at many clients, real or not, is refused everywhere for the rest of the minute', async () => {
    const guesser = newAddress();
    const statuses = await statusesOf(40, (i) => ({ clientId: i % 2 === 0 ? newId('client') : `made up ${i}`, from: guesser }));
    expect([count(statuses, 401), count(statuses, 429)]).toEqual([30, 10]);
    const client = await stack.client();
    expect((await ask({ ...client, from: guesser })).status).toBe(429);
    const key = await stack.key();
    const headers = { 'x-forwarded-for': guesser };
    expect((await send(stack, 'GET', '/api/v1/orders?fields=id', { key, headers })).status).toBe(429);
    expect((await ask({ ...client, from: newAddress() })).status).toBe(200);
  });

  it('guesses from everywhere end, and do not lock out where the client proved itself before', async () => {
    const [client, owner] = [await stack.client(), newAddress()];
    expect((await ask({ ...client, from: owner })).status).toBe(200);
    const statuses = await guessEverywhere(client);
    expect([count(statuses, 401), count(statuses, 429)]).toEqual([200, 60]);
    // Who happens upon the secret now does not learn it.
    expect((await ask({ ...client, from: newAddress() })).status).toBe(429);
    expect((await ask({ ...client, from: owner })).status).toBe(200);
    expect((await ask({ ...(await stack.client()), from: newAddress() })).status).toBe(200);
  });

  it('a client gets sixty tokens in a minute, at once too, and no guess of another takes one of them', async () => {
    const [client, owner] = [await stack.client(), newAddress()];
    for (let i = 0; i < 9; i += 1) expect((await ask({ clientId: client.clientId, from: newAddress() })).status).toBe(401);
    const statuses = await statusesOf(80, () => ({ ...client, from: owner }));
    expect([count(statuses, 200), count(statuses, 429)]).toEqual([60, 20]);
    const refused = await ask({ ...client, from: owner });
    expect([refused.status, refused.body]).toEqual([429, TOO_MANY]);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    // Asking about tokens is no grant.
    expect((await ask({ ...client, from: owner, endpoint: 'introspect' })).status).toBe(200);
  });
});
