// Sign-in of one side: e-mail and password, verified addresses, an optional second factor (TOTP). People are common to both sides;
// sessions, cookies and paths are not.
import { randomUUID } from 'node:crypto';
import { newId } from '@portico/contracts/ids';
import type { Logger } from '@portico/service-kit/logger';
import { type BetterAuthOptions, betterAuth } from 'better-auth';
import { APIError } from 'better-auth/api';
import { twoFactor } from 'better-auth/plugins/two-factor';
import { z } from 'zod';
import type { AdminContext } from '../context.ts';
import type { Mailer } from '../mail/mailer.ts';
import { Person } from '../people/person.entity.ts';
import { SIDES, type Side } from '../sides.ts';
import type { RecordAction } from '../trpc/changing.ts';
import { checkProfile } from './check-profile.ts';
import { endSessions } from './end-sessions.ts';
import { letters } from './letters.ts';
import { forgetGuesses, limitGuesses } from './limit-guesses.ts';
import { recordSignIn } from './record-sign-in.ts';
import { openSignInDatabase } from './sign-in-database.ts';
import { useCodeOnce } from './use-code-once.ts';

export type SignIn = {
  /** Everything under `<prefix>/auth/`. */
  handle(request: Request): Promise<Response>;
  /** Whose session the cookies name. */
  personId(headers: Headers): Promise<string | undefined>;
};

export type SignInOptions = {
  side: Side;
  admin: AdminContext;
  secret: string;
  mailer: Mailer;
  /** Origin of the pages of this side, for the links in letters. */
  origin: string;
  /** Tries of one address in a minute, for each of sign-in, sign-up, reset and the second factor. */
  triesPerMinute: number;
  recordAction: RecordAction;
  logger: Logger;
};

export const ADDRESS_HEADER = 'x-portico-address';
const withCode = z.object({ code: z.string() });
const DAY_SECONDS = 86_400;
const SESSION_SECONDS = { developer: 7 * DAY_SECONDS, operator: DAY_SECONDS / 2 };
const REQUESTS_PER_MINUTE = 300;
export const PASSWORD_LENGTH_MIN = 12;
const GUARDED_PATHS = [
  '/sign-in/*',
  '/sign-up/*',
  '/request-password-reset',
  '/reset-password',
  '/change-password',
  '/send-verification-email',
  '/two-factor/*',
];

export async function createSignIn(options: SignInOptions): Promise<SignIn> {
  const { side, admin } = options;
  const auth = betterAuth({
    ...placeOf(options),
    database: { db: await openSignInDatabase(admin.database), type: 'postgres', transaction: true, schemaName: 'access' },
    user: { modelName: 'person' },
    session: { modelName: `${side}Session`, expiresIn: SESSION_SECONDS[side], updateAge: SESSION_SECONDS[side] / 10 },
    account: { modelName: 'credential', accountLinking: { enabled: false } },
    ...passwords(options),
    databaseHooks: {
      session: { create: { before: (session, from) => refuseSession(options, session.userId, from) } },
      account: { update: { after: (_, from) => endOtherSessions(options, from?.context.session) } },
    },
    plugins: [twoFactor({ issuer: 'Portico' })],
    // What is no refusal of its own the library would print and answer with 500: whoever called it translates and logs.
    onAPIError: { throw: true },
    // A page of the library's, which says what any link tells it to.
    disabledPaths: ['/error'],
    telemetry: { enabled: false },
  });
  const personId = async (headers: Headers): Promise<string | undefined> => {
    const found = await auth.api.getSession({ headers, query: { disableRefresh: true } });
    return found?.user.id;
  };
  const handle = checkProfile(side, limitGuesses(options, auth.handler));
  return { personId, handle: (request) => recordSignIn(options, request, { handle, personId }) };
}

function placeOf({ side, secret, origin, triesPerMinute, logger }: SignInOptions): BetterAuthOptions {
  const { prefix, cookie } = SIDES[side];
  const guarded = Object.fromEntries(GUARDED_PATHS.map((path) => [path, { window: 60, max: triesPerMinute }]));
  return {
    appName: 'Portico',
    baseURL: origin,
    basePath: `${prefix}/auth`,
    secret,
    trustedOrigins: [origin],
    rateLimit: { enabled: true, storage: 'database', modelName: 'signInRate', window: 60, max: REQUESTS_PER_MINUTE, customRules: guarded },
    advanced: {
      cookiePrefix: cookie,
      cookies: { session_token: { name: cookie } },
      defaultCookieAttributes: { path: prefix, sameSite: 'strict', httpOnly: true },
      // Requests come through a handler that has checked where they come from, for the procedures too.
      disableCSRFCheck: true,
      disableOriginCheck: false,
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER] },
      database: { generateId: ({ model }) => (model === 'user' ? newId('person') : randomUUID()) },
    },
    logger: {
      level: 'warn',
      // Its messages can name people; what failed is enough.
      log: (level, message) =>
        logger[level === 'error' ? 'error' : 'warn']({ operation: `sign in, ${side}` }, message.replace(/\S+@\S+/g, '…')),
    },
  };
}

function passwords(options: SignInOptions) {
  const { side, admin, mailer, origin } = options;
  const write = letters(side, origin);
  return {
    emailAndPassword: {
      enabled: true,
      // Operators are made by operators.
      disableSignUp: side === 'operator',
      requireEmailVerification: true,
      minPasswordLength: PASSWORD_LENGTH_MIN,
      revokeSessionsOnPasswordReset: true,
      sendResetPassword: async ({ user, token }) => mailer.post(write.reset(user.email, token)),
      onExistingUserSignUp: async ({ user }) => mailer.post(write.alreadyThere(user.email)),
      async onPasswordReset({ user }) {
        // Whoever forgot a password may have lost it to somebody else, who may be signed in on either side.
        await endSessions(admin.database.fork(), user.id);
        await forgetGuesses(options, user.email);
      },
    },
    emailVerification: {
      sendOnSignUp: true,
      sendOnSignIn: true,
      sendVerificationEmail: async ({ user, token }) => mailer.post(write.verification(user.email, token)),
    },
  } satisfies BetterAuthOptions;
}

/** `from`: the request that the session is opened by. */
async function refuseSession(options: SignInOptions, personId: string, from: { path?: string; body?: unknown } | null): Promise<void> {
  await refuseStranger(options, personId);
  const { data } = from?.path === '/two-factor/verify-totp' ? withCode.safeParse(from.body) : {};
  if (data !== undefined && !(await useCodeOnce(options.admin, personId, data.code)))
    throw new APIError('UNAUTHORIZED', { code: 'USED_CODE', message: 'The code was used before' });
}

/** `present`: in which somebody chose another password. Who resets one has none. */
async function endOtherSessions({ admin }: SignInOptions, present: { session: { id: string; userId: string } } | null | undefined) {
  if (present) await endSessions(admin.database.fork(), present.session.userId, present.session.id);
}

/** To somebody without a role the operators' side answers as to a wrong password. */
async function refuseStranger({ side, admin }: SignInOptions, personId: string): Promise<void> {
  if (side === 'developer') return;
  const person = await admin.database.fork().findOne(Person, { id: personId });
  if (person?.operatorRole == null) {
    throw new APIError('UNAUTHORIZED', { code: 'INVALID_EMAIL_OR_PASSWORD', message: 'Invalid email or password' });
  }
}
