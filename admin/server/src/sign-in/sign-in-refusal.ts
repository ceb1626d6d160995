// What the sign-in library refuses, as an error of the catalogue: the library has codes and a shape of its own, and its next release may have others.
import { AppError, type ErrorCode, errorCodeOf } from '@portico/contracts/errors';
import { z } from 'zod';
import { PASSWORD_LENGTH_MIN } from './create-sign-in.ts';
import { jsonOf } from './json-of.ts';

/** `field`: of the request's body. */
type Told = { readonly code: ErrorCode; readonly message?: string; readonly field?: string; readonly text?: string };

const WRONG = 'E-mail address or password is wrong.';
const BEGIN_ANEW = 'Begin anew with e-mail address and password.';
const EXPIRED: Told = { code: 'VALIDATION_ERROR', field: 'token', text: 'It is not known, or no longer good.' };
const TOO_MANY_CODES: Told = { code: 'RATE_LIMIT_EXCEEDED', message: 'Too many wrong codes.' };
const NO_SECOND_FACTOR: Told = { code: 'INVALID_STATE', message: 'There is no second factor.' };
const FROM_ELSEWHERE: Told = { code: 'AUTHORIZATION_ERROR', message: 'This request comes from a page of another origin.' };
const ELSEWHERE: Told = { code: 'AUTHORIZATION_ERROR', message: 'Links lead to pages of this side only.' };

/** By the library's code. What is not here is told by its status alone. */
const TOLD: Readonly<Record<string, Told | ((path: string) => Told)>> = {
  INVALID_EMAIL_OR_PASSWORD: { code: 'AUTHENTICATION_ERROR', message: WRONG },
  INVALID_PASSWORD: (path) => ({
    code: 'VALIDATION_ERROR',
    field: path === '/change-password' ? 'currentPassword' : 'password',
    text: 'It is wrong.',
  }),
  PASSWORD_TOO_SHORT: (path) => ({
    code: 'VALIDATION_ERROR',
    field: chosenPassword(path),
    text: `It must have at least ${PASSWORD_LENGTH_MIN} characters.`,
  }),
  PASSWORD_TOO_LONG: (path) => ({ code: 'VALIDATION_ERROR', field: chosenPassword(path), text: 'It is too long.' }),
  INVALID_PROFILE: { code: 'VALIDATION_ERROR', field: 'name', text: 'It must be one line of 1 to 100 characters, without a picture.' },
  INVALID_EMAIL: { code: 'VALIDATION_ERROR', field: 'email', text: 'It is no e-mail address.' },
  EMAIL_NOT_VERIFIED: {
    code: 'AUTHORIZATION_ERROR',
    message: 'The e-mail address is not confirmed yet. A letter is on its way.',
    field: 'email',
    text: 'It is not confirmed yet.',
  },
  EMAIL_PASSWORD_SIGN_UP_DISABLED: { code: 'AUTHORIZATION_ERROR', message: 'Operators are made by operators.' },
  INVALID_TOKEN: EXPIRED,
  TOKEN_EXPIRED: EXPIRED,
  INVALID_CODE: { code: 'AUTHENTICATION_ERROR', message: 'The code is wrong.', field: 'code', text: 'It is wrong, or its time is over.' },
  USED_CODE: {
    code: 'AUTHENTICATION_ERROR',
    message: `The code was used before. ${BEGIN_ANEW}`,
    field: 'code',
    text: 'It was used; wait for the next one.',
  },
  INVALID_BACKUP_CODE: { code: 'AUTHENTICATION_ERROR', message: 'The code is wrong.', field: 'code', text: 'It is wrong, or was used.' },
  INVALID_TWO_FACTOR_COOKIE: { code: 'AUTHENTICATION_ERROR', message: BEGIN_ANEW },
  TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE: { ...TOO_MANY_CODES, message: `Too many wrong codes. ${BEGIN_ANEW}` },
  ACCOUNT_TEMPORARILY_LOCKED: TOO_MANY_CODES,
  TOO_MANY_FAILED_SIGN_INS: {
    code: 'RATE_LIMIT_EXCEEDED',
    message: 'Too many sign-ins with this e-mail address failed. Try again later, or ask for a new password.',
  },
  TOTP_NOT_ENABLED: NO_SECOND_FACTOR,
  TWO_FACTOR_NOT_ENABLED: NO_SECOND_FACTOR,
  BACKUP_CODES_NOT_ENABLED: NO_SECOND_FACTOR,
  TOTP_ALREADY_ENABLED: { code: 'INVALID_STATE', message: 'There is a second factor already.' },
  SESSION_EXPIRED: { code: 'AUTHENTICATION_ERROR', message: 'Sign in first.' },
  SESSION_NOT_FRESH: { code: 'AUTHENTICATION_ERROR', message: 'Sign in anew for this.' },
  UNAUTHORIZED: { code: 'AUTHENTICATION_ERROR', message: 'Sign in first.' },
  INVALID_ORIGIN: FROM_ELSEWHERE,
  MISSING_OR_NULL_ORIGIN: FROM_ELSEWHERE,
  INVALID_CALLBACK_URL: { ...ELSEWHERE, field: 'callbackURL', text: 'It is of another origin.' },
  INVALID_REDIRECT_URL: { ...ELSEWHERE, field: 'redirectTo', text: 'It is of another origin.' },
  INVALID_ERROR_CALLBACK_URL: { ...ELSEWHERE, field: 'errorCallbackURL', text: 'It is of another origin.' },
  INVALID_NEW_USER_CALLBACK_URL: { ...ELSEWHERE, field: 'newUserCallbackURL', text: 'It is of another origin.' },
};

const refused = z.object({ code: z.string().catch(''), message: z.string().catch('') });
/** How the library names fields that its schema refuses. */
const FIELD = /\[(?:body|query)\.([\w.]+)\]/g;

/** `path`: under the prefix of sign-in. */
export async function signInRefusal(response: Response, path: string): Promise<AppError> {
  const { code, message } = refused.catch({ code: '', message: '' }).parse(await jsonOf(response));
  const retryAfter = Number(response.headers.get('retry-after') ?? response.headers.get('x-retry-after') ?? Number.NaN);
  const wait = Number.isFinite(retryAfter) ? { retryAfterSeconds: retryAfter } : {};
  const entry = Object.hasOwn(TOLD, code) ? TOLD[code] : undefined;
  const told = typeof entry === 'function' ? entry(path) : entry;
  if (told !== undefined) {
    const details = told.field === undefined ? {} : { details: { [told.field]: told.text } };
    return new AppError(told.code, told.message, { ...details, ...wait });
  }
  const fields = [...message.matchAll(FIELD)].map(([, field = '']) => [field, 'It is missing or not valid.']);
  const details = response.status === 400 && fields.length > 0 ? { details: Object.fromEntries(fields) } : {};
  // The library's 422 is a value that it understood and does not take.
  return new AppError(errorCodeOf(response.status === 422 ? 400 : response.status), undefined, { ...details, ...wait });
}

function chosenPassword(path: string): string {
  return path === '/reset-password' || path === '/change-password' ? 'newPassword' : 'password';
}
