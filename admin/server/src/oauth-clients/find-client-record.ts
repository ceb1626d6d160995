import type { ClientRecord } from '@portico/contracts/token-service';
import { Account } from '../accounts/account.entity.ts';
import type { AdminContext } from '../context.ts';
import { limitsOf } from '../limits-of.ts';
import { TierSettings } from '../tiers/tier.entity.ts';
import { OauthClient } from './client.entity.ts';

/** What a gateway must know of a client. */
export async function findClientRecord({ database }: AdminContext, clientId: string): Promise<ClientRecord | undefined> {
  const em = database.fork();
  const client = await em.findOne(OauthClient, { id: clientId });
  if (client === null) return undefined;
  const plan = await em.findOneOrFail(TierSettings, { name: client.tier });
  const { allowedOrigins } = await em.findOneOrFail(Account, { id: client.accountId });
  const { id, accountId, mode, name, scopes, tier, status } = client;
  return { id, accountId, mode, name, scopes, tier, status, limits: limitsOf(client, plan), allowedOrigins };
}
