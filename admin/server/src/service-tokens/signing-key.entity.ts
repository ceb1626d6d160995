import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import { sealedText } from '@portico/service-kit/sealing/sealed-columns';

/** Signs the tokens by which internal teams query the graph, and the access tokens of integrators. */
export const SigningKey = defineEntity({
  name: 'SigningKey',
  tableName: 'signing_key',
  properties: {
    id: p.string().columnType('text').primary(),
    privateKeySealed: p.string().columnType('text'),
    publicJwk: p.json<Record<string, unknown>>(),
    createdAt: p.datetime().length(3),
    /** It signs from here on, until a newer one does. */
    notBefore: p.datetime().length(3),
    /** It is not published any more from here on. */
    retiredAt: p.datetime().length(3).nullable(),
  },
});
export type SigningKey = InferEntity<typeof SigningKey>;

export const sealedPrivateKey = sealedText('access.signing_key.private_key');
