import type { AdminContext } from '../context.ts';
import { sweepGuesses } from './limit-guesses.ts';
import { sweepUsedCodes } from './use-code-once.ts';

const TABLES = ['access.developer_session', 'access.operator_session', 'access.verification'];

/** Removes what has expired and was never asked for again. Answers how many rows there were. */
export async function sweepSignIn({ database, now }: Pick<AdminContext, 'database' | 'now'>): Promise<number> {
  let removed = (await sweepGuesses({ database, now })) + (await sweepUsedCodes({ database, now }));
  for (const table of TABLES) {
    removed += (await database.run(`delete from ${table} where expires_at < $1 returning id`, [now()])).length;
  }
  return removed;
}
