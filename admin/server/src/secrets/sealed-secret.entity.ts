import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import { sealedText } from '@portico/service-kit/sealing/sealed-columns';

/** A secret that the programs make themselves and share through the database. */
export const SealedSecret = defineEntity({
  name: 'SealedSecret',
  tableName: 'sealed_secret',
  properties: {
    id: p.string().columnType('text').primary(),
    valueSealed: p.string().columnType('text'),
    createdAt: p.datetime().length(3),
  },
});
export type SealedSecret = InferEntity<typeof SealedSecret>;

export const sealedSecret = sealedText('access.sealed_secret.value');
