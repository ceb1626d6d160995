// Refusals of sign-in are errors like all others: a code of the catalogue, a message, a text per field, the request's id.
import { ERRORS, isErrorCode } from '@portico/contracts/errors';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { SIDES } from '../sides.ts';
import type { Browser } from '../testing/browser.ts';
import { openTestSides, PASSWORD, type TestSides } from '../testing/open-test-sides.ts';
import { signInRefusal } from './sign-in-refusal.ts';

let sides: TestSides;
beforeAll(async () => {
  sides = await openTestSides();
});
afterAll(() => sides?.[Symbol.asyncDispose]());

type Refusal = { code: string; message: string; details: Record<string, string>; requestId: string };

/** The refusal, once its shape and status are those of its code. */
async function refused(browser: Browser, path: string, body: unknown, headers?: Record<string, string>): Promise<Refusal> {
  const answer = await browser.post('developer', path, body, headers);
  expect(Object.keys(answer.body)).toEqual(['error']);
  const error = answer.body.error as Refusal;
  expect(Object.keys(error)).toEqual(['code', 'message', 'details', 'requestId']);
  if (!isErrorCode(error.code)) throw new Error(`${error.code} is no code of the catalogue.`);
  expect(answer.status).toBe(ERRORS[error.code].status);
  return error;
}

describe('sign-in refuses', () => {
  it('a wrong password without saying what was wrong', async () => {
    await sides.signUp('wrong@example.com');
    const given = { email: 'wrong@example.com', password: 'not the password at all' };
    expect(await refused(sides.browser(), '/sign-in/email', given)).toMatchObject({ code: 'AUTHENTICATION_ERROR', details: {} });
  });

  it('a weak password, and names the field that it was given in', async () => {
    const own = await sides.developer('weak@example.com');
    const weak = { code: 'VALIDATION_ERROR', details: { password: expect.stringContaining('12') } };
    expect(await refused(sides.browser(), '/sign-up/email', { email: 'w@example.com', password: 'short', name: 'W' })).toMatchObject(weak);
    expect(await refused(own, '/change-password', { currentPassword: PASSWORD, newPassword: 'short' })).toMatchObject({
      code: 'VALIDATION_ERROR',
      details: { newPassword: expect.stringContaining('12') },
    });
    expect(
      await refused(own, '/change-password', { currentPassword: 'not the password at all', newPassword: `${PASSWORD}!` }),
    ).toMatchObject({
      code: 'VALIDATION_ERROR',
      details: { currentPassword: expect.any(String) },
    });
    expect(await refused(own, '/two-factor/enable', { password: 'not the password at all' })).toMatchObject({
      code: 'VALIDATION_ERROR',
      details: { password: expect.any(String) },
    });
  });

  it.each(['x'.repeat(101), 'two\nlines', 'nul\0', ' '])('the name %j, of somebody known and of somebody new alike', async (name) => {
    const told = { code: 'VALIDATION_ERROR', details: { name: expect.any(String) } };
    for (const email of ['wrong@example.com', 'nobody-yet@example.com'])
      expect(await refused(sides.browser(), '/sign-up/email', { email, password: PASSWORD, name })).toMatchObject(told);
    expect(await refused(sides.browser(), '/update-user', { name })).toMatchObject(told);
  });

  it('text that the database has not, and prints nothing of what it said', async () => {
    const own = await sides.developer('nul@example.com');
    using printed = vi.spyOn(console, 'error');
    expect(await refused(own, '/revoke-session', { token: 'a\0' })).toMatchObject({ code: 'VALIDATION_ERROR' });
    expect(printed).not.toHaveBeenCalled();
  });

  it('an address that is not confirmed yet', async () => {
    const browser = sides.browser();
    const given = { email: 'late@example.com', password: PASSWORD };
    expect((await browser.post('developer', '/sign-up/email', { ...given, name: 'L' })).status).toBe(200);
    expect(await refused(browser, '/sign-in/email', given)).toMatchObject({
      code: 'AUTHORIZATION_ERROR',
      details: { email: expect.stringContaining('not confirmed') },
    });
  });

  it('a code of a second factor that is wrong, and one without a sign-in before it', async () => {
    const own = await sides.developer('factor@example.com');
    await own.post('developer', '/two-factor/enable', { password: PASSWORD });
    const wrong = { code: 'AUTHENTICATION_ERROR', details: { code: expect.any(String) } };
    expect(await refused(own, '/two-factor/verify-totp', { code: 'abcdef' })).toMatchObject(wrong);
    expect(await refused(sides.browser(), '/two-factor/verify-totp', { code: '123456' })).toMatchObject({
      code: 'AUTHENTICATION_ERROR',
      details: {},
    });
  });

  it('more tries than may be, and says for how long', async () => {
    await using strict = await openTestSides({ triesPerMinute: 1 });
    const given = { email: 'guess@example.com', password: 'one guess of very many' };
    await strict.browser().post('developer', '/sign-in/email', given);
    expect(await refused(strict.browser(), '/sign-in/email', given)).toMatchObject({ code: 'RATE_LIMIT_EXCEEDED', details: {} });
    const response = await fetch(`${strict.urls.developer}${SIDES.developer.prefix}/auth/sign-in/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(given),
    });
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('pages of another origin, as senders and as places to come back to', async () => {
    const given = { email: 'origin@example.com', password: PASSWORD };
    expect(await refused(sides.browser(), '/sign-in/email', given, { origin: 'https://evil.example' })).toMatchObject({
      code: 'AUTHORIZATION_ERROR',
      details: {},
    });
    expect(await refused(sides.browser(), '/sign-in/email', { ...given, callbackURL: 'https://evil.example/' })).toMatchObject({
      code: 'AUTHORIZATION_ERROR',
      details: { callbackURL: expect.any(String) },
    });
  });

  it.each<[string, unknown, object]>([
    ['/sign-in/email', {}, { code: 'VALIDATION_ERROR', details: { email: expect.any(String), password: expect.any(String) } }],
    ['/sign-in/email', { email: 'nobody', password: PASSWORD }, { code: 'VALIDATION_ERROR', details: { email: expect.any(String) } }],
    ['/reset-password', { newPassword: PASSWORD, token: 'x' }, { code: 'VALIDATION_ERROR', details: { token: expect.any(String) } }],
    ['/change-password', { currentPassword: PASSWORD, newPassword: PASSWORD }, { code: 'AUTHENTICATION_ERROR', message: 'Sign in first.' }],
    ['/no-such-path', {}, { code: 'NOT_FOUND' }],
  ])('%s with %j', async (path, body, error) => {
    expect(await refused(sides.browser(), path, body)).toMatchObject(error);
  });
});

describe('what the library says beside its known codes', () => {
  it.each([
    [422, 'VALIDATION_ERROR'],
    [409, 'CONFLICT'],
    [500, 'INTERNAL_ERROR'],
    [418, 'INTERNAL_ERROR'],
  ])('is told by its status %d alone, as %s', async (status, code) => {
    const answer = Response.json({ code: 'toString', message: 'relation "access.person" does not exist' }, { status });
    const error = await signInRefusal(answer, '/x');
    expect([error.code, error.message]).toEqual([code, isErrorCode(code) && ERRORS[code].title]);
  });
});
