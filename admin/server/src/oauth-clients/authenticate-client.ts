import { timingSafeEqual } from 'node:crypto';
import { type ClientProof, type OAuthOutcome, refuse } from '@portico/contracts/token-service';
import type { AdminContext } from '../context.ts';
import { OauthClient } from './client.entity.ts';
import { secretHash } from './create-client.ts';

/** Compared against when there is no client, so that an unknown one costs what a known one does. */
const NO_SECRET = secretHash('');

/** Whether the proof is that of a client in force. One answer for every reason: which clients there are is nobody's business. */
export async function authenticateClient(
  context: AdminContext,
  { clientId, clientSecret }: ClientProof,
): Promise<OAuthOutcome<OauthClient>> {
  const client = await context.database.fork().findOne(OauthClient, { id: clientId });
  const given = secretHash(clientSecret);
  const matches = isSame(given, client?.secretHash ?? NO_SECRET);
  const previousIsGood = (client?.previousSecretUntil?.getTime() ?? 0) > context.now().getTime();
  const matchesPrevious = isSame(given, client?.previousSecretHash ?? NO_SECRET) && previousIsGood;
  if (client === null || client.status !== 'active' || !(matches || matchesPrevious))
    return refuse('invalid_client', 'The client is not known, was revoked, or has another secret.');
  return { kind: 'granted', value: client };
}

function isSame(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(one), Buffer.from(other));
}
