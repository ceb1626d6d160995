// Whom a change of a tier concerns, told before it is made.
import { parseInput } from '@portico/service-kit/parse-input';
import { z } from 'zod';
import type { AdminContext } from '../context.ts';
import { tierInput } from './tiers.ts';

const ACCOUNTS_SHOWN = 20;

/** `limits`: those that would change. A credential that has all of them of its own is not concerned. */
export const concernedInput = tierInput.pick({ tier: true }).extend({
  limits: z
    .array(z.enum(['quota', 'burst']))
    .min(1)
    .max(2),
});

export type ConcernedAccount = { id: string; slug: string; name: string; keys: number; clients: number };
export type TierConcerned = {
  accounts: number;
  keys: number;
  clients: number;
  /** The accounts with the most credentials. */
  most: ConcernedAccount[];
};

/** Credentials in force that go by the tier's limits. */
export async function tierConcerned({ database, now }: AdminContext, given: z.input<typeof concernedInput>): Promise<TierConcerned> {
  const { tier, limits } = parseInput(concernedInput, given);
  const rows = await database.read(
    `select account.id, slug, account.name, keys, clients, count(*) over ()::int as all_accounts, sum(keys) over ()::int as all_keys,
       sum(clients) over ()::int as all_clients
     from (
       select account_id, count(*) filter (where is_key)::int as keys, count(*) filter (where not is_key)::int as clients
       from (
         select account_id, true as is_key, quota, burst from access.api_key where tier = $1 and status = 'active' and expires_at > $2
         union all
         select account_id, false, quota, burst from access.oauth_client where tier = $1 and status = 'active'
       ) credential
       where $3::bool and quota is null or $4::bool and burst is null
       group by 1
     ) counted join access.account on account.id = account_id
     order by keys + clients desc, slug limit ${ACCOUNTS_SHOWN}`,
    [tier, now(), limits.includes('quota'), limits.includes('burst')],
  );
  const [first] = rows;
  return {
    accounts: Number(first?.all_accounts ?? 0),
    keys: Number(first?.all_keys ?? 0),
    clients: Number(first?.all_clients ?? 0),
    most: rows.map(({ id, slug, name, keys, clients }) => ({
      id: String(id),
      slug: String(slug),
      name: String(name),
      keys: Number(keys),
      clients: Number(clients),
    })),
  };
}
