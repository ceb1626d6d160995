import type { EntityManager } from '@mikro-orm/postgresql';
import { notFound } from '@portico/contracts/errors';
import type { Row } from '@portico/service-kit/reads/reads';
import type { KeyRing } from '@portico/service-kit/sealing/key-ring';
import { requireVersion } from '@portico/service-kit/subgraph/context';
import { Endpoint, sealedEndpoint } from '../endpoint.entity.ts';

/** An endpoint as the resolvers take it: without its secrets, its headers still sealed. */
export function endpointRow(endpoint: Endpoint): Row {
  const { secret: _, previousSecret: __, headers, circuit, accountId: ___, mode: ____, ...shown } = endpoint;
  return { ...shown, headersSealed: headers, circuit: circuit.replace('-', '_') };
}

/** An endpoint as an attempt needs it. */
export type OpenedEndpoint = Pick<Endpoint, 'id' | 'url' | 'apiVersion'> & {
  readonly secret: string;
  /** Only while a rotation overlaps. */
  readonly previousSecret: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
};

type Sealed = Pick<Endpoint, 'id' | 'url' | 'apiVersion' | 'secret' | 'previousSecret' | 'previousSecretExpiresAt' | 'headers'>;

export function openEndpoint(ring: KeyRing, endpoint: Sealed, now: Date): OpenedEndpoint {
  const { id, url, apiVersion, secret, previousSecret, previousSecretExpiresAt, headers } = endpoint;
  const overlaps = typeof previousSecret === 'string' && previousSecretExpiresAt instanceof Date && previousSecretExpiresAt > now;
  return {
    id,
    url,
    apiVersion,
    secret: sealedEndpoint.secret.open(ring, id, secret),
    previousSecret: overlaps ? sealedEndpoint.previousSecret.open(ring, id, previousSecret) : undefined,
    headers: typeof headers === 'string' ? sealedEndpoint.headers.open(ring, id, headers) : {},
  };
}

/** The caller's endpoint. NOT_FOUND, or PRECONDITION_FAILED when another version was expected. */
export async function findEndpoint(em: EntityManager, id: string, expectedVersion?: number | null): Promise<Endpoint> {
  const endpoint = await em.findOne(Endpoint, { id });
  if (endpoint === null) throw notFound('webhook', id);
  requireVersion(endpoint, expectedVersion);
  return endpoint;
}
