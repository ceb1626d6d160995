import type { EntityManager } from '@mikro-orm/postgresql';
import { SIDES } from '../sides.ts';

/** Of a person, on either side. */
export async function endAllSessions(em: Pick<EntityManager, 'execute'>, personId: string): Promise<void> {
  for (const side of Object.keys(SIDES)) await em.execute(`delete from access.${side}_session where user_id = ?`, [personId]);
}
