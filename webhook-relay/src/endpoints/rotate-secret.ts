import { AppError } from '@portico/contracts/errors';
import { parseInput } from '@portico/service-kit/parse-input';
import type { Row } from '@portico/service-kit/reads/reads';
import type { KeyRing } from '@portico/service-kit/sealing/key-ring';
import type { SubgraphContext } from '@portico/service-kit/subgraph/context';
import { z } from 'zod';
import { type Endpoint, sealedEndpoint } from '../endpoint.entity.ts';
import { newSecret } from '../signing/secret.ts';
import { requireSecret } from './endpoint-input.ts';
import { endpointRow, findEndpoint, openEndpoint } from './endpoint-row.ts';

const DAY_SECONDS = 86_400;
export const OVERLAP_SECONDS = { byDefault: DAY_SECONDS, max: 7 * DAY_SECONDS };

const rotation = z.object({
  secret: z.string().nullish(),
  overlapSeconds: z.int().min(0).max(OVERLAP_SECONDS.max).nullish(),
});
type Rotation = { id: string; expectedVersion?: number | null | undefined };

/** As many secrets before the newest one may sign: each costs every attempt an HMAC and a place in a header. */
const PREVIOUS_MAX = 10;

/**
 * Gives the endpoint a new secret, made when none is given, and answers it with that. Those before sign beside it for the overlap, which a rotation
 * within it can make longer and not shorter: a receiver may have any of them. Without an overlap they end at once.
 */
export function rotateSecret(context: SubgraphContext, { id, expectedVersion, ...input }: Rotation): Promise<Row> {
  const given = parseInput(rotation, input);
  requireSecret(given.secret);
  const secret = given.secret ?? newSecret();
  const overlapMs = (given.overlapSeconds ?? OVERLAP_SECONDS.byDefault) * 1_000;
  return context.write(async (em) => {
    const endpoint = await findEndpoint(em, id, expectedVersion);
    const now = context.now();
    em.assign(endpoint, {
      ...(overlapMs === 0 ? NO_OVERLAP : overlapping(context.keyRing, endpoint, { now, overlapMs })),
      secret: sealedEndpoint.secret.seal(context.keyRing, id, secret),
      updatedAt: now,
    });
    await em.flush();
    return { ...endpointRow(endpoint), secret };
  });
}

type Previous = Pick<Endpoint, 'previousSecret' | 'interimSecrets' | 'previousSecretExpiresAt'>;
const NO_OVERLAP = { previousSecret: null, interimSecrets: null, previousSecretExpiresAt: null } as const satisfies Previous;

/** The endpoint's present secret joins those before it. */
function overlapping(ring: KeyRing, endpoint: Endpoint, { now, overlapMs }: { now: Date; overlapMs: number }): Previous {
  const { id, previousSecretExpiresAt: until } = endpoint;
  const { secret, previousSecrets } = openEndpoint(ring, endpoint, now);
  if (previousSecrets.length >= PREVIOUS_MAX) throw tooMany(until);
  const [oldest, ...interim] = [...previousSecrets, secret];
  const promisedMs = previousSecrets.length === 0 ? 0 : (until?.getTime() ?? 0);
  return {
    previousSecret: sealedEndpoint.previousSecret.seal(ring, id, oldest ?? secret),
    interimSecrets: interim.length === 0 ? null : sealedEndpoint.interimSecrets.seal(ring, id, interim),
    previousSecretExpiresAt: new Date(Math.max(promisedMs, now.getTime() + overlapMs)),
  };
}

function tooMany(until: Date | null | undefined): AppError {
  return new AppError('INVALID_STATE', `${PREVIOUS_MAX} secrets before the present one still sign. Complete the rotation, or let it end.`, {
    details: { previousSecretExpiresAt: until?.toISOString() },
  });
}

/** Ends the overlap: from the next attempt on only the new secret signs. Without a rotation under way nothing changes. */
export function completeRotation(context: SubgraphContext, id: string, expectedVersion?: number | null): Promise<Row> {
  return context.write(async (em) => {
    const endpoint = await findEndpoint(em, id, expectedVersion);
    if (endpoint.previousSecret !== null) {
      em.assign(endpoint, { ...NO_OVERLAP, updatedAt: context.now() });
      await em.flush();
    }
    return endpointRow(endpoint);
  });
}
