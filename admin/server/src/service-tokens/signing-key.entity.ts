import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import { sealedText } from '@portico/service-kit/sealed-columns';

/** Signs the tokens by which internal teams query the graph. */
export const SigningKey = defineEntity({
  name: 'SigningKey',
  tableName: 'signing_key',
  properties: {
    id: p.string().columnType('text').primary(),
    privateKeySealed: p.string().columnType('text'),
    publicJwk: p.json<Record<string, unknown>>(),
    createdAt: p.datetime().length(3),
    retiredAt: p.datetime().length(3).nullable(),
  },
});
export type SigningKey = InferEntity<typeof SigningKey>;

export const sealedPrivateKey = sealedText('access.signing_key.private_key');
