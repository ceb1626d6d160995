// What people do to get in and out, for the admin log. Read from the answer, which alone tells whether a second factor is still to come.
import { z } from 'zod';
import type { AdminContext } from '../context.ts';
import { Person } from '../people/person.entity.ts';
import { signInPath } from '../sides.ts';
import type { SignIn, SignInOptions } from './create-sign-in.ts';
import { jsonOf } from './json-of.ts';
import { beginAttempt, type Event, endAttempt } from './sign-in-attempts.ts';

/** Stands for somebody who is nobody: an address that is not known is not kept, for it may be a mistyped one. */
const UNKNOWN = 'unknown';
const ENDINGS = ['/sign-out', '/revoke-session', '/revoke-sessions', '/revoke-other-sessions'];
const SECOND_FACTORS = ['/two-factor/verify-totp', '/two-factor/verify-backup-code'];
const RESET = '/reset-password';
const WATCHED = ['/sign-in/email', '/change-password', RESET, '/two-factor/disable', ...SECOND_FACTORS, ...ENDINGS];
const signedIn = z.object({ user: z.object({ id: z.string() }) });
const claimed = z.object({ email: z.string().toLowerCase() });
const withToken = z.object({ token: z.string() });

type Watched = Pick<SignInOptions, 'side' | 'admin' | 'recordAction'>;
/** `person`: whose session it is, or whom it claims to be or to reset. */
type Step = { path: string; response: Response; person: Person | null };

/** Handles a request and records what came of it. */
export async function recordSignIn(watched: Watched, request: Request, { handle, personId }: SignIn): Promise<Response> {
  const path = signInPath(watched.side, request);
  if (!WATCHED.includes(path)) return handle(request);
  const person = await personOf(watched, path, request, personId);
  const attempt = await beginAttempt(watched.admin, { side: watched.side, path, personId: person?.id ?? UNKNOWN });
  const response = await handle(request);
  await endAttempt(watched, attempt, await eventOf({ path, response, person }));
  return response;
}

async function personOf({ admin }: Watched, path: string, request: Request, personId: SignIn['personId']): Promise<Person | null> {
  const em = admin.database.fork();
  if (path === '/sign-in/email') {
    const { data } = claimed.safeParse(await jsonOf(request));
    return data === undefined ? null : em.findOne(Person, { email: data.email });
  }
  const id = path === RESET ? await resetting(admin, request) : await personId(request.headers);
  return id === undefined ? null : em.findOne(Person, { id });
}

/** Whose password the code from a letter is for. */
async function resetting({ database }: AdminContext, request: Request): Promise<string | undefined> {
  const { data } = withToken.safeParse(await jsonOf(request));
  if (data === undefined) return undefined;
  const [found] = await database.run('select value from access.verification where identifier = $1', [`reset-password:${data.token}`]);
  return found === undefined ? undefined : String(found.value);
}

async function eventOf({ path, response, person }: Step): Promise<Event | undefined> {
  if (path === '/sign-in/email' || (SECOND_FACTORS.includes(path) && person === null)) {
    // A try that is one too many is refused before its password is checked: it is no failed sign-in, and would fill the log.
    if (response.status === 401 || response.status === 403) return { action: 'sign_in_failed', personId: person?.id ?? UNKNOWN };
    const { data } = signedIn.safeParse(response.ok ? await jsonOf(response) : undefined);
    return data === undefined ? undefined : { action: 'signed_in', personId: data.user.id };
  }
  if (!response.ok || person === null) return undefined;
  if (ENDINGS.includes(path)) return { action: 'session_ended', personId: person.id };
  if (path === RESET) return { action: 'password_reset', personId: person.id };
  if (path === '/change-password') return { action: 'password_changed', personId: person.id };
  if (path === '/two-factor/disable') return { action: 'totp_disabled', personId: person.id };
  return path === '/two-factor/verify-totp' && !person.twoFactorEnabled ? { action: 'totp_enabled', personId: person.id } : undefined;
}
