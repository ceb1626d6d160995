import type { AdminContext } from '../context.ts';
import { SigningKey } from './signing-key.entity.ts';

/** What may be shown of a signing key: all but its private half. */
export type SigningKeyView = Omit<SigningKey, 'privateKeySealed'>;

/** All that there are, withdrawn ones too, the newest first. */
export async function listSigningKeys({ database }: AdminContext): Promise<SigningKeyView[]> {
  const keys = await database.fork().find(SigningKey, {}, { orderBy: { notBefore: 'desc', id: 'desc' } });
  return keys.map(({ id, publicJwk, createdAt, notBefore, retiredAt }) => ({ id, publicJwk, createdAt, notBefore, retiredAt }));
}
