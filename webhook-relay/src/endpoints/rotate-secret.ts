import { parseInput } from '@portico/service-kit/parse-input';
import type { Row } from '@portico/service-kit/reads/reads';
import type { SubgraphContext } from '@portico/service-kit/subgraph/context';
import { z } from 'zod';
import { sealedEndpoint } from '../endpoint.entity.ts';
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

/**
 * Gives the endpoint a new secret, made when none is given, and answers it with that. The old one signs beside it for the overlap. A rotation
 * within an overlap replaces the new secret and keeps the old one, which receivers may still have: trying twice breaks nobody.
 */
export function rotateSecret(context: SubgraphContext, { id, expectedVersion, ...input }: Rotation): Promise<Row> {
  const given = parseInput(rotation, input);
  requireSecret(given.secret);
  const secret = given.secret ?? newSecret();
  const overlapMs = (given.overlapSeconds ?? OVERLAP_SECONDS.byDefault) * 1_000;
  return context.write(async (em) => {
    const endpoint = await findEndpoint(em, id, expectedVersion);
    const now = context.now();
    const opened = openEndpoint(context.keyRing, endpoint, now);
    const previous = opened.previousSecret ?? opened.secret;
    em.assign(endpoint, {
      secret: sealedEndpoint.secret.seal(context.keyRing, id, secret),
      previousSecret: overlapMs === 0 ? null : sealedEndpoint.previousSecret.seal(context.keyRing, id, previous),
      previousSecretExpiresAt: overlapMs === 0 ? null : new Date(now.getTime() + overlapMs),
      updatedAt: now,
    });
    await em.flush();
    return { ...endpointRow(endpoint), secret };
  });
}

/** Ends the overlap: from the next attempt on only the new secret signs. Without a rotation under way nothing changes. */
export function completeRotation(context: SubgraphContext, id: string, expectedVersion?: number | null): Promise<Row> {
  return context.write(async (em) => {
    const endpoint = await findEndpoint(em, id, expectedVersion);
    if (endpoint.previousSecret !== null) {
      em.assign(endpoint, { previousSecret: null, previousSecretExpiresAt: null, updatedAt: context.now() });
      await em.flush();
    }
    return endpointRow(endpoint);
  });
}
