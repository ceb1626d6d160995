// Many machines that guess one person's password together. A trusted proxy says where each request comes from.
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestSides, PASSWORD, type TestSides } from '../testing/open-test-sides.ts';
import { GUESSES_PER_HOUR } from './limit-guesses.ts';

let sides: TestSides;
let client: pg.Client;
beforeAll(async () => {
  sides = await openTestSides({ trustedProxies: ['127.0.0.0/8', '::1'] });
  client = new pg.Client({ connectionString: sides.databaseUrl });
  await client.connect();
});
afterAll(async () => {
  await client?.end();
  await sides?.[Symbol.asyncDispose]();
});

/** One for all: nothing else may tell two refusals apart. */
const REQUEST_ID = '01980000-0000-7000-8000-000000000000';

type Tried = { status: number; body: Record<string, unknown> };
const signIn = (email: string, password: string, address: string, side: 'developer' | 'operator' = 'developer'): Promise<Tried> =>
  sides.browser().post(side, '/sign-in/email', { email, password }, { 'x-forwarded-for': address, 'x-request-id': REQUEST_ID });
const guess = (email: string, i: number): Promise<Tried> =>
  signIn(email, `guess number ${i} of very many`, `203.0.${i >> 8}.${i & 255}`, i % 2 === 0 ? 'developer' : 'operator');
/** As after so many guesses: each of them costs a hash that is slow on purpose. */
async function guessed(email: string, count: number): Promise<void> {
  await guess(email, 0);
  await client.query('update access.sign_in_guess set count = $1', [count]);
}

describe('guesses from many addresses, on both sides', () => {
  it('end after fifty in an hour, also those that come at once, and tell not whether anybody has the address', async () => {
    await sides.signUp('target@example.com');
    const outcomes: unknown[] = [];
    for (const email of ['target@example.com', 'nobody@example.com']) {
      await guessed(email, GUESSES_PER_HOUR - 5);
      const tried = await Promise.all(Array.from({ length: 15 }, (_, i) => guess(email, i)));
      expect(tried.filter(({ status }) => status === 401)).toHaveLength(5);
      outcomes.push(tried.find(({ status }) => status === 429));
      // The right password too: a refusal must not be an answer.
      expect((await signIn(email, PASSWORD, '198.51.100.1')).status).toBe(429);
    }
    expect(outcomes[0]).toMatchObject({
      status: 429,
      body: { error: { code: 'RATE_LIMIT_EXCEEDED', message: expect.stringContaining('failed') } },
    });
    expect(outcomes[1]).toEqual(outcomes[0]);
    const { rows } = await client.query('select key from access.sign_in_guess');
    expect(JSON.stringify(rows)).not.toMatch(/example\.com/);
  });

  it('keep nobody out who comes from where a session began, chooses a new password, or waits', async () => {
    const email = 'owner@example.com';
    await sides.signUp(email);
    expect((await signIn(email, PASSWORD, '192.0.2.1')).status).toBe(200);
    expect((await signIn(email, PASSWORD, '2001:db8:1:2::7')).status).toBe(200);
    expect((await signIn(email, PASSWORD, 'fe80::2%eth0')).status).toBe(200);
    await guessed(email, GUESSES_PER_HOUR);
    const from = async (address: string, password = PASSWORD): Promise<number> => (await signIn(email, password, address)).status;
    expect([await from('192.0.2.2'), await from('2001:db8:1:3::7'), await from('2001:db8:1:2::9', 'a wrong one, from home')]).toEqual([
      429, 429, 401,
    ]);
    expect(await from('fe80::1:0:0:0:1%eth0')).toBe(429);
    expect(await from('192.0.2.1')).toBe(200);
    await guessed(email, GUESSES_PER_HOUR);
    expect(await from('192.0.2.2')).toBe(429);
    await sides.browser().post('developer', '/request-password-reset', { email });
    await expect.poll(async () => (await sides.letters(email)).at(-1)?.subject).toBe('Choose a new password');
    const token = /choose-password\?token=(\S+)/.exec((await sides.letters(email)).at(-1)?.text ?? '')?.[1];
    const newPassword = 'a password nobody guessed';
    expect((await sides.browser().post('developer', '/reset-password', { newPassword, token })).status).toBe(200);
    expect(await from('192.0.2.2', newPassword)).toBe(200);
    await client.query('delete from access.developer_session');
    await guessed(email, GUESSES_PER_HOUR);
    expect(await from('192.0.2.2', newPassword)).toBe(429);
    await client.query(`update access.sign_in_guess set since = since - interval '1 hour'`);
    expect(await from('192.0.2.2', newPassword)).toBe(200);
  });
});
