import { AppError } from '@portico/contracts/errors';
import type { RunStatement } from '../reads/reads.ts';
import { READ_ONLY } from './database-errors.ts';

/** `fallback`: it answers, and only reads can be had of it. */
export type DatabaseHealth = { readonly status: 'up' } | { readonly status: 'fallback'; readonly detail: string };

/**
 * Whether the server takes writes. `schema`: of a program that has migrated. Throws when the server does not answer. What it asks changes nothing and is
 * refused wherever a write would be: a connection to a server that another has taken over from ends by it, so that the next answer is of the other one.
 */
export async function databaseHealth(run: RunStatement, schema: string): Promise<DatabaseHealth> {
  try {
    await run(`delete from "${schema}".migration where false`, []);
    return { status: 'up' };
  } catch (error) {
    if (!isReadOnly(error)) throw error;
    return { status: 'fallback', detail: 'It is read-only: writes are refused.' };
  }
}

function isReadOnly(error: unknown): boolean {
  const cause = error instanceof AppError ? error.cause : error;
  return cause instanceof Error && 'code' in cause && cause.code === READ_ONLY;
}
