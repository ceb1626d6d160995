import { createHmac } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDeveloperClient, createOperatorClient } from '../client.ts';
import type { Side } from '../sides.ts';
import { openTestSides, PASSWORD, type TestSides } from '../testing/open-test-sides.ts';

let sides: TestSides;
beforeAll(async () => {
  sides = await openTestSides();
});
afterAll(() => sides?.[Symbol.asyncDispose]());

const signIn = (side: 'developer' | 'operator', email: string, password = PASSWORD) =>
  // One request id for all: nothing else may tell two refusals apart.
  sides.browser().post(side, '/sign-in/email', { email, password }, { 'x-request-id': '01980000-0000-7000-8000-000000000000' });

describe('sign-in', () => {
  it('answers alike to a wrong password, an unknown address, and on the operators’ side to a developer', async () => {
    await sides.signUp('known@example.com');
    const wrong = await signIn('developer', 'known@example.com', 'not the password at all');
    expect(wrong.status).toBe(401);
    expect(await signIn('developer', 'unknown@example.com')).toEqual(wrong);
    const [stranger, developer] = [await signIn('operator', 'unknown@example.com'), await signIn('operator', 'known@example.com')];
    expect(stranger).toEqual(wrong);
    expect(developer).toEqual(wrong);
  });

  it('does not tell by the answer to a sign-up that an address is taken, but tells its owner', async () => {
    await sides.signUp('taken@example.com');
    const shapeOf = async (email: string) => {
      const { status, body } = await sides.browser().post('developer', '/sign-up/email', { email, password: PASSWORD, name: 'Eve' });
      return { status, token: body.token, fields: Object.keys(body.user as object).sort() };
    };
    expect(await shapeOf('taken@example.com')).toEqual(await shapeOf('free@example.com'));
    await expect.poll(async () => (await sides.letters('taken@example.com')).at(-1)?.subject).toContain('already');
  });

  it('waits until the address is confirmed, and refuses a short password', async () => {
    const browser = sides.browser();
    const short = await browser.post('developer', '/sign-up/email', { email: 'short@example.com', password: 'short', name: 'S' });
    expect(short.status).toBe(400);
    await browser.post('developer', '/sign-up/email', { email: 'late@example.com', password: PASSWORD, name: 'L' });
    expect((await browser.post('developer', '/sign-in/email', { email: 'late@example.com', password: PASSWORD })).status).toBe(403);
    expect(browser.cookies.size).toBe(0);
  });

  it('is not to be had on the operators’ side by signing up', async () => {
    const given = { email: 'climber@example.com', password: PASSWORD, name: 'C', operatorRole: 'admin', operator_role: 'admin' };
    expect((await sides.browser().post('operator', '/sign-up/email', given)).status).toBe(403);
    await sides.signUp(given.email, given);
    expect((await signIn('operator', 'climber@example.com')).status).toBe(401);
  });

  it('asks for the second factor where there is one, and gives no session without it', async () => {
    const { client, ...own } = await sides.developer('totp@example.com');
    const { body: enabled } = await own.post('developer', '/two-factor/enable', { password: PASSWORD });
    const secret = new URL(String(enabled.totpURI)).searchParams.get('secret') ?? '';
    expect(await own.post('developer', '/two-factor/verify-totp', { code: totp(secret) })).toMatchObject({ status: 200 });
    expect(await client.me.get.query()).toMatchObject({ twoFactorEnabled: true });
    const browser = sides.browser();
    const first = await browser.post('developer', '/sign-in/email', { email: 'totp@example.com', password: PASSWORD });
    expect(first).toMatchObject({ status: 200, body: { twoFactorRedirect: true } });
    const half = createDeveloperClient(sides.urls.developer, browser.fetch);
    await expect(half.me.get.query()).rejects.toMatchObject({ data: { code: 'AUTHENTICATION_ERROR' } });
    const wrong = String((Number(totp(secret)) + 1) % 1_000_000).padStart(6, '0');
    expect((await browser.post('developer', '/two-factor/verify-totp', { code: wrong })).status).toBe(401);
    expect((await browser.post('developer', '/two-factor/verify-totp', { code: totp(secret, 1) })).status).toBe(200);
    const { id, email } = await half.me.get.query();
    expect(email).toBe('totp@example.com');
    expect(await own.post('developer', '/two-factor/disable', { password: PASSWORD })).toMatchObject({ status: 200 });
    // The password alone is no sign-in yet.
    const events = sides.recorded.filter(({ target }) => target === id).map(({ action }) => action);
    expect(events).toEqual(['signed_in', 'totp_enabled', 'signed_in', 'totp_disabled'].map((name) => `person.${name}`));
  });

  it('is opened but once by a code of the second factor, however many use it at the same moment', async () => {
    const own = await sides.developer('shoulder@example.com');
    const { body: enabled } = await own.post('developer', '/two-factor/enable', { password: PASSWORD });
    const secret = new URL(String(enabled.totpURI)).searchParams.get('secret') ?? '';
    const [first, second] = [totp(secret), totp(secret, 1)];
    expect(await own.post('developer', '/two-factor/verify-totp', { code: first })).toMatchObject({ status: 200 });
    const tryCode = async (code: string) => {
      const browser = sides.browser();
      await browser.post('developer', '/sign-in/email', { email: 'shoulder@example.com', password: PASSWORD });
      return async () => (await browser.post('developer', '/two-factor/verify-totp', { code })).status;
    };
    expect(await (await tryCode(first))()).toBe(401);
    const tries = await Promise.all(Array.from({ length: 4 }, () => tryCode(second)));
    expect((await Promise.all(tries.map((verify) => verify()))).sort()).toEqual([200, 401, 401, 401]);
  });

  it('ends everywhere when the password is reset, by a code that is good once', async () => {
    const own = await sides.developer('reset@example.com');
    await own.post('developer', '/request-password-reset', { email: 'reset@example.com' });
    await expect.poll(async () => (await sides.letters('reset@example.com')).at(-1)?.subject).toBe('Choose a new password');
    const token = /choose-password\?token=(\S+)/.exec((await sides.letters('reset@example.com')).at(-1)?.text ?? '')?.[1];
    const reset = { newPassword: 'another long password', token };
    expect((await sides.browser().post('developer', '/reset-password', reset)).status).toBe(200);
    expect((await sides.browser().post('developer', '/reset-password', reset)).status).toBe(400);
    expect(sides.recorded.filter(({ action }) => action === 'person.password_reset')).toHaveLength(1);
    expect(JSON.stringify(sides.recorded)).not.toContain(token);
    await expect(own.client.me.get.query()).rejects.toMatchObject({ data: { code: 'AUTHENTICATION_ERROR' } });
    expect((await signIn('developer', 'reset@example.com')).status).toBe(401);
    expect((await signIn('developer', 'reset@example.com', 'another long password')).status).toBe(200);
  });

  it.each(['developer', 'operator'] as const)(
    'stays where the password was changed on the %s side, and ends everywhere else',
    async (side) => {
      await using own = await openTestSides();
      const email = 'changed@example.com';
      await own.signUp(email);
      await own.admin.operators.create({ email });
      const signedIn = async (on: Side) => {
        const browser = own.browser();
        expect(await browser.post(on, '/sign-in/email', { email, password: PASSWORD })).toMatchObject({ status: 200 });
        const client = on === 'developer' ? createDeveloperClient : createOperatorClient;
        return { ...browser, enter: (): Promise<unknown> => client(own.urls[on], browser.fetch).me.get.query() };
      };
      const changing = await signedIn(side);
      const all = [changing, await signedIn('developer'), await signedIn('operator')];
      const open = async () => (await Promise.allSettled(all.map(({ enter }) => enter()))).map(({ status }) => status === 'fulfilled');
      const change = { currentPassword: PASSWORD, newPassword: 'another long password' };
      await changing.post(side, '/change-password', { ...change, currentPassword: 'not the password at all' });
      expect(await open()).toEqual([true, true, true]);
      expect(await changing.post(side, '/change-password', change)).toMatchObject({ status: 200 });
      expect(await open()).toEqual([true, false, false]);
    },
  );

  it('is over when its time is, and so is a code from a letter', async () => {
    const own = await sides.developer('expired@example.com');
    await own.post('developer', '/request-password-reset', { email: 'expired@example.com' });
    await expect.poll(async () => (await sides.letters('expired@example.com')).at(-1)?.subject).toBe('Choose a new password');
    const token = /choose-password\?token=(\S+)/.exec((await sides.letters('expired@example.com')).at(-1)?.text ?? '')?.[1];
    expect(await own.client.me.get.query()).toMatchObject({ email: 'expired@example.com' });
    const client = new pg.Client({ connectionString: sides.databaseUrl });
    await client.connect();
    const past = `set expires_at = now() - interval '1 second'`;
    await client.query(`update access.developer_session ${past} where user_id = (select id from access.person where email = $1)`, [
      'expired@example.com',
    ]);
    await client.query(`update access.verification ${past} where identifier like '%' || $1`, [token]);
    await client.end();
    await expect(own.client.me.get.query()).rejects.toMatchObject({ data: { code: 'AUTHENTICATION_ERROR' } });
    const reset = { newPassword: 'another long password', token };
    expect((await sides.browser().post('developer', '/reset-password', reset)).status).toBe(400);
  });

  it('with a password that was made for an operator opens nothing but the choice of another', async () => {
    const { password } = await sides.admin.operators.create({ email: 'made@example.com' });
    const browser = sides.browser();
    await browser.post('operator', '/sign-in/email', { email: 'made@example.com', password });
    const client = createOperatorClient(sides.urls.operator, browser.fetch);
    expect(await client.me.get.query()).toMatchObject({ role: 'admin', mustChoosePassword: true });
    await expect(client.accounts.list.query({})).rejects.toMatchObject({ data: { code: 'AUTHORIZATION_ERROR' } });
    await browser.post('operator', '/change-password', { currentPassword: password, newPassword: PASSWORD });
    expect(await client.accounts.list.query({})).toEqual(expect.any(Array));
  });

  it('opens with the one-time password that was made last, and no more with the one before', async () => {
    const email = 'made-anew@example.com';
    const first = await sides.admin.operators.create({ email });
    const second = await sides.admin.operators.renewPassword(email);
    const statuses = [first, second].map(async ({ password }) => (await signIn('operator', email, password)).status);
    expect(await Promise.all(statuses)).toEqual([401, 200]);
    expect(sides.recorded.filter(({ target }) => target === first.id).map(({ action }) => action)).toEqual(
      expect.arrayContaining(['operator.created', 'operator.password_renewed']),
    );
  });

  it('answers everybody when more people come at once than there are connections', async () => {
    const { password } = await sides.admin.operators.create({ email: 'crowd@example.com' });
    const ins = Array.from({ length: 12 }, () => signIn('operator', 'crowd@example.com', password));
    const ups = Array.from({ length: 12 }, (_, i) =>
      sides.browser().post('developer', '/sign-up/email', { email: `crowd${i}@example.com`, password: PASSWORD, name: 'C' }),
    );
    expect(new Set((await Promise.all([...ins, ...ups])).map(({ status }) => status))).toEqual(new Set([200]));
  });

  it('can be tried only so often in a minute from one address, whatever the request says of where it comes from', async () => {
    await using strict = await openTestSides({ triesPerMinute: 3 });
    const statuses: number[] = [];
    for (let i = 0; i < 5; i += 1) {
      const headers = { 'x-forwarded-for': `203.0.113.${i}`, 'x-portico-address': `203.0.113.${i}` };
      const given = { email: 'guess@example.com', password: `guess number ${i} of many` };
      statuses.push((await strict.browser().post('developer', '/sign-in/email', given, headers)).status);
    }
    expect(statuses).toEqual([401, 401, 401, 429, 429]);
  });

  it('counts tries of a present password as it counts those of a sign-in', async () => {
    await using strict = await openTestSides({ triesPerMinute: 5 });
    const { post } = await strict.operator('root@example.com', 'admin');
    const statuses: number[] = [];
    for (let i = 0; i < 5; i += 1) {
      const given = { currentPassword: `guess number ${i} of many`, newPassword: PASSWORD };
      statuses.push((await post('operator', '/change-password', given)).status);
    }
    // One was the choice of the password that root has.
    expect(statuses).toEqual([400, 400, 400, 400, 429]);
  });

  it.each(['developer', 'operator'] as const)('counts tries by who a trusted proxy says it is, on the %s side', async (side) => {
    await using behind = await openTestSides({ triesPerMinute: 2, trustedProxies: ['127.0.0.0/8', '::1', '10.0.0.0/8'] });
    const statusFrom = async (forwarded: string): Promise<number> => {
      const given = { email: 'guess@example.com', password: 'one guess of very many' };
      const headers = { 'x-forwarded-for': forwarded, 'x-portico-address': '192.0.2.1' };
      return (await behind.browser().post(side, '/sign-in/email', given, headers)).status;
    };
    // What stands left of the address that the proxy added is the client's own word: a new one each time is still one client.
    const spoofed: number[] = [];
    for (let i = 0; i < 4; i += 1) spoofed.push(await statusFrom(`198.51.100.${i}, 203.0.113.7, 10.0.0.1`));
    expect(spoofed).toEqual([401, 401, 429, 429]);
    expect([await statusFrom('203.0.113.8'), await statusFrom('203.0.113.7')]).toEqual([401, 429]);
  });
});

/**
 * RFC 6238 with SHA-1, 30 seconds and 6 digits, as authenticator apps have it. `ahead`: of how many periods after this one. The one before and the
 * one after are taken too.
 */
function totp(base32: string, ahead = 0): string {
  let bits = '';
  for (const letter of base32) bits += 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + ahead));
  const mac = createHmac('sha1', key).update(counter).digest();
  const offset = (mac.at(-1) ?? 0) & 15;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}
