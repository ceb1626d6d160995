// What people do to get in and out, for the admin log. Read from the answer, which alone tells whether a second factor is still to come.
import { z } from 'zod';
import { Person } from '../people/person.entity.ts';
import { SIDES } from '../sides.ts';
import type { SignInOptions } from './create-sign-in.ts';

/** Stands for somebody who is nobody: an address that is not known is not kept, for it may be a mistyped one. */
const UNKNOWN = 'unknown';
const ENDINGS = ['/sign-out', '/revoke-session', '/revoke-sessions', '/revoke-other-sessions'];
const SECOND_FACTORS = ['/two-factor/verify-totp', '/two-factor/verify-backup-code'];
const WATCHED = ['/sign-in/email', '/change-password', '/two-factor/disable', ...SECOND_FACTORS, ...ENDINGS];
const signedIn = z.object({ user: z.object({ id: z.string() }) });
const claimed = z.object({ email: z.string().toLowerCase() });

type Watched = Pick<SignInOptions, 'side' | 'admin' | 'recordAction'>;
type Step = { path: string; request: Request; response: Response; person: Person | null };

/** Handles a request and records what came of it. `personId`: whose session the cookies name. */
export async function recordSignIn(
  watched: Watched,
  request: Request,
  { handle, personId }: { handle(request: Request): Promise<Response>; personId(headers: Headers): Promise<string | undefined> },
): Promise<Response> {
  const path = new URL(request.url).pathname.slice(`${SIDES[watched.side].prefix}/auth`.length);
  if (!WATCHED.includes(path)) return handle(request);
  const copy = request.clone();
  const id = path === '/sign-in/email' ? undefined : await personId(request.headers);
  const person = id === undefined ? null : await watched.admin.database.fork().findOne(Person, { id });
  const response = await handle(request);
  const event = await eventOf(watched, { path, request: copy, response, person });
  if (event !== undefined) await recordEvent(watched, event.action, event.personId);
  return response;
}

/** Records one event of a person, who is both who did it and what it was done to. */
export async function recordEvent({ side, admin, recordAction }: Watched, action: string, personId: string): Promise<void> {
  const em = admin.database.fork();
  const change = { action: `person.${action}`, target: personId, before: null, after: { side } };
  await recordAction(em, { actor: personId, now: admin.now }, change);
  await em.flush();
}

async function eventOf(watched: Watched, step: Step): Promise<{ action: string; personId: string } | undefined> {
  const { path, response, person } = step;
  if (path === '/sign-in/email' || (SECOND_FACTORS.includes(path) && person === null)) {
    // Tries that are refused for their number have no password checked: they are no failed sign-in, and would fill the log.
    if (response.status === 401 || response.status === 403) return { action: 'sign_in_failed', personId: await claimedId(watched, step) };
    const { data } = signedIn.safeParse(response.ok ? await jsonOf(response) : undefined);
    return data === undefined ? undefined : { action: 'signed_in', personId: data.user.id };
  }
  if (!response.ok || person === null) return undefined;
  if (ENDINGS.includes(path)) return { action: 'session_ended', personId: person.id };
  if (path === '/change-password') return { action: 'password_changed', personId: person.id };
  if (path === '/two-factor/disable') return { action: 'totp_disabled', personId: person.id };
  return path === '/two-factor/verify-totp' && !person.twoFactorEnabled ? { action: 'totp_enabled', personId: person.id } : undefined;
}

async function claimedId({ admin }: Watched, { path, request }: Step): Promise<string> {
  const { data } = claimed.safeParse(path === '/sign-in/email' ? await jsonOf(request) : undefined);
  const person = data === undefined ? null : await admin.database.fork().findOne(Person, { email: data.email });
  return person?.id ?? UNKNOWN;
}

async function jsonOf(message: Request | Response): Promise<unknown> {
  return message
    .clone()
    .json()
    .catch(() => undefined);
}
