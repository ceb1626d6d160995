import type { EntityManager } from '@mikro-orm/postgresql';

/** PostgreSQL channel on which the ids of changed clients, tokens, families and signing keys are announced. */
export const TOKEN_CHANNEL = 'access_token';

/** Tells the gateways when the transaction commits. */
export async function announceTokenChange(em: EntityManager, id: string): Promise<void> {
  await em.execute('select pg_notify(?, ?)', [TOKEN_CHANNEL, id]);
}
