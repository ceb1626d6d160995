import type { EntityManager } from '@mikro-orm/postgresql';
import { notFound } from '@portico/contracts/errors';
import type { Row } from '@portico/service-kit/reads/reads';
import type { KeyRing } from '@portico/service-kit/sealing/key-ring';
import { requireVersion } from '@portico/service-kit/subgraph/context';
import { Endpoint, sealedEndpoint } from '../endpoint.entity.ts';

/** An endpoint as the resolvers take it: without its secrets, its headers still sealed. */
export function endpointRow(endpoint: Endpoint): Row {
  const { secret: _, previousSecret: __, interimSecrets: ___, headers, circuit, accountId: ____, mode: _____, ...shown } = endpoint;
  return { ...shown, headersSealed: headers, circuit: circuit.replace('-', '_') };
}

/** An endpoint as an attempt needs it. */
export type OpenedEndpoint = Pick<Endpoint, 'id' | 'url' | 'apiVersion'> & {
  readonly secret: string;
  /** While a rotation overlaps: those before it, oldest first. */
  readonly previousSecrets: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
};

type Sealed = Pick<
  Endpoint,
  'id' | 'url' | 'apiVersion' | 'secret' | 'previousSecret' | 'interimSecrets' | 'previousSecretExpiresAt' | 'headers'
>;

export function openEndpoint(ring: KeyRing, endpoint: Sealed, now: Date): OpenedEndpoint {
  const { id, url, apiVersion, secret, previousSecretExpiresAt, headers } = endpoint;
  const overlaps = previousSecretExpiresAt instanceof Date && previousSecretExpiresAt > now;
  return {
    id,
    url,
    apiVersion,
    secret: sealedEndpoint.secret.open(ring, id, secret),
    previousSecrets: overlaps ? openPrevious(ring, endpoint) : [],
    headers: typeof headers === 'string' ? sealedEndpoint.headers.open(ring, id, headers) : {},
  };
}

function openPrevious(ring: KeyRing, { id, previousSecret, interimSecrets }: Sealed): readonly string[] {
  if (typeof previousSecret !== 'string') return [];
  const interim = typeof interimSecrets === 'string' ? sealedEndpoint.interimSecrets.open(ring, id, interimSecrets) : [];
  return [sealedEndpoint.previousSecret.open(ring, id, previousSecret), ...interim];
}

/** The caller's endpoint. NOT_FOUND, or PRECONDITION_FAILED when another version was expected. */
export async function findEndpoint(em: EntityManager, id: string, expectedVersion?: number | null): Promise<Endpoint> {
  const endpoint = await em.findOne(Endpoint, { id });
  if (endpoint === null) throw notFound('webhook', id);
  requireVersion(endpoint, expectedVersion);
  return endpoint;
}
