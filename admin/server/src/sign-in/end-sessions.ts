import type { EntityManager } from '@mikro-orm/postgresql';
import { SIDES } from '../sides.ts';

/** Of a person, on either side, but for the one with the id that is given. */
export async function endSessions(em: Pick<EntityManager, 'execute'>, personId: string, exceptId = ''): Promise<void> {
  for (const side of Object.keys(SIDES)) {
    await em.execute(`delete from access.${side}_session where user_id = ? and id <> ?`, [personId, exceptId]);
  }
}
