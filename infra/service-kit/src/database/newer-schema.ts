import type { Logger } from '../logger.ts';
import type { Database } from './orm.ts';

/**
 * Says that a newer release has changed the schema. No start is refused for it: while one release takes over from another, programs of the older one
 * may have to start once more.
 */
export function warnOfNewerSchema({ newerMigrations }: Pick<Database, 'newerMigrations'>, logger: Logger, schema: string): void {
  const version = newerMigrations.at(-1);
  if (version === undefined) return;
  const message =
    'the schema was migrated by a newer release than this program is of: whatever that release changed, this one does not know';
  logger.warn({ dependency: schema, version }, message);
}
