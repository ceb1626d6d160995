// Wrong passwords for one e-mail address, wherever they come from: counted by network address alone, many machines could guess together. An
// address that nobody has is counted too, so that a refusal does not tell who is known. Whoever is locked out by somebody else's guesses gets
// in from where a session of theirs began, or by choosing a new password.
import { createHmac } from 'node:crypto';
import { z } from 'zod';
import type { AdminContext } from '../context.ts';
import { SIDES, signInPath } from '../sides.ts';
import { ADDRESS_HEADER, type SignIn, type SignInOptions } from './create-sign-in.ts';
import { jsonOf } from './json-of.ts';

export const GUESSES_PER_HOUR = 50;
const HOUR_MS = 3_600_000;
const claimed = z.object({ email: z.string().toLowerCase() });

type Limited = Pick<SignInOptions, 'side' | 'admin' | 'secret'>;

/** 429 with `Retry-After`, before the password is looked at, for one guess too many. */
export function limitGuesses({ side, admin, secret }: Limited, handle: SignIn['handle']): SignIn['handle'] {
  return async (request) => {
    if (signInPath(side, request) !== '/sign-in/email') return handle(request);
    const { data } = claimed.safeParse(await jsonOf(request));
    if (data === undefined) return handle(request);
    // Counted before the password is looked at: of those that come at once no more pass than there are.
    const waitMs = await count(admin, keyOf(secret, data.email));
    if (waitMs > 0 && !(await isKnownPlace(admin, data.email, request.headers.get(ADDRESS_HEADER) ?? ''))) return tooMany(waitMs);
    const response = await handle(request);
    if (response.ok) await forgetGuesses({ admin, secret }, data.email);
    else if (response.status !== 401) await giveBack(admin, keyOf(secret, data.email));
    return response;
  };
}

/** Whoever has proved to be the owner of the address begins anew. */
export async function forgetGuesses({ admin, secret }: Pick<Limited, 'admin' | 'secret'>, email: string): Promise<void> {
  await admin.database.run('delete from access.sign_in_guess where key = $1', [keyOf(secret, email.toLowerCase())]);
}

/** Removes what no longer counts. Answers how many rows there were. */
export async function sweepGuesses({ database, now }: Pick<AdminContext, 'database' | 'now'>): Promise<number> {
  return (await database.run('delete from access.sign_in_guess where since <= $1 returning key', [hourBefore(now())])).length;
}

/** Milliseconds to wait; 0 for a guess that is still allowed. */
async function count({ database, now }: AdminContext, key: string): Promise<number> {
  const at = now();
  const [row] = await database.run(
    `insert into access.sign_in_guess as known (key, count, since) values ($1, 1, $2)
     on conflict (key) do update set
       count = case when known.since <= $3 then 1 else least(known.count + 1, $4) end,
       since = case when known.since <= $3 then excluded.since else known.since end
     returning count, since`,
    [key, at, hourBefore(at), GUESSES_PER_HOUR + 1],
  );
  if (Number(row?.count) <= GUESSES_PER_HOUR) return 0;
  return Math.max(1, new Date(String(row?.since)).getTime() + HOUR_MS - at.getTime());
}

async function giveBack({ database }: AdminContext, key: string): Promise<void> {
  await database.run('update access.sign_in_guess set count = greatest(count - 1, 0) where key = $1', [key]);
}

/** Whether a session of the person, on either side, began at this network address; of IPv6 in its /64, which is what sessions keep. */
async function isKnownPlace({ database }: AdminContext, email: string, address: string): Promise<boolean> {
  const sessions = Object.keys(SIDES).map((side) => `select user_id, ip_address from access.${side}_session`);
  const rows = await database.run(
    `select 1 from (${sessions.join(' union all ')}) session join access.person on person.id = session.user_id
     where person.email = $1 and case when strpos(session.ip_address, ':') > 0 and strpos($2, ':') > 0
       then network(set_masklen(session.ip_address::inet, 64)) = network(set_masklen($2::inet, 64))
       else session.ip_address = $2 end limit 1`,
    // A link-local address comes with the name of our interface, which PostgreSQL does not know.
    [email, address.replace(/%.*/, '')],
  );
  return rows.length > 0;
}

/** In the library's shape, as all that comes from here is. */
function tooMany(waitMs: number): Response {
  const headers = { 'retry-after': String(Math.ceil(waitMs / 1_000)) };
  return Response.json({ code: 'TOO_MANY_FAILED_SIGN_INS' }, { status: 429, headers });
}

function keyOf(secret: string, email: string): string {
  return createHmac('sha256', secret).update(`sign-in guess ${email}`).digest('base64url');
}

function hourBefore(at: Date): Date {
  return new Date(at.getTime() - HOUR_MS);
}
