import { randomBytes } from 'node:crypto';
import type { AdminContext } from '../context.ts';
import { SealedSecret, sealedSecret } from './sealed-secret.entity.ts';

const BYTES = 32;

/** The secret of this name; made on first use. Processes that make it at the same time agree on one. */
export async function ensureSecret({ database, keyRing, now }: AdminContext, id: string): Promise<string> {
  const find = (): Promise<SealedSecret | null> => database.fork().findOne(SealedSecret, { id });
  let kept = await find();
  if (kept === null) {
    const valueSealed = sealedSecret.seal(keyRing, id, randomBytes(BYTES).toString('base64url'));
    await database.run('insert into access.sealed_secret (id, value_sealed, created_at) values ($1, $2, $3) on conflict (id) do nothing', [
      id,
      valueSealed,
      now(),
    ]);
    kept = await find();
  }
  if (kept === null) throw new Error(`The secret ${id} was removed while it was made.`);
  return sealedSecret.open(keyRing, id, kept.valueSealed);
}
