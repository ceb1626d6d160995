import { randomUUID } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { AdminContext } from '../context.ts';
import { AdminAction } from './admin-action.entity.ts';

type State = Readonly<Record<string, unknown>>;

/**
 * Adds an entry to the unit of work, so that it is there exactly when the change is. `before` and `after` are what may be shown of the
 * target, null where it did not exist: never a secret, a hash of one, or a sealed one.
 */
export function recordAdminAction(
  em: EntityManager,
  { actor, now }: Pick<AdminContext, 'actor' | 'now'>,
  change: { action: string; target: string; before: State | null; after: State | null },
): void {
  em.persist(em.create(AdminAction, { id: randomUUID(), at: now(), actor, ...change }));
}
