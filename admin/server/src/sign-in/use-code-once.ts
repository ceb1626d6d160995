// A code of an authenticator app opens one session: whoever saw it typed has a minute and a half to type it again (RFC 6238, 5.2).
import type { AdminContext } from '../context.ts';

/** Longer than a code is good for: the library takes those of three periods of 30 s, by the clock of whichever process is asked. */
export const CODE_MS = 300_000;

/** Whether this is its first use; of several at once exactly one is. */
export async function useCodeOnce({ database, now }: AdminContext, personId: string, code: string): Promise<boolean> {
  const at = now();
  const rows = await database.run(
    `insert into access.used_code as known (person_id, code, used_at) values ($1, $2, $3)
     on conflict (person_id, code) do update set used_at = excluded.used_at where known.used_at <= $4 returning code`,
    [personId, code, at, goodBefore(at)],
  );
  return rows.length > 0;
}

/** Removes what could not be used again anyway. Answers how many rows there were. */
export async function sweepUsedCodes({ database, now }: Pick<AdminContext, 'database' | 'now'>): Promise<number> {
  return (await database.run('delete from access.used_code where used_at <= $1 returning code', [goodBefore(now())])).length;
}

function goodBefore(at: Date): Date {
  return new Date(at.getTime() - CODE_MS);
}
