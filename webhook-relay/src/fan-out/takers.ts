// Which endpoints want which events of a tenant. Kept, because they seldom change; whoever writes deliveries by them checks in the same statement that they
// have not: a statement less for every batch, and nothing that was decided by what is no longer so.
import { type Tenant, tenantKey } from '@portico/contracts/caller';
import type { BusEvent } from '@portico/service-kit/bus/event-bus';
import type { RunStatement } from '@portico/service-kit/reads/reads';
import { allTenants } from '@portico/service-kit/sql/tenancy-gate';
import { LRUCache } from 'lru-cache';
import { ALL_EVENTS } from '../endpoints/endpoint-input.ts';
import { type EventFilter, matches } from '../filtering/event-filter.ts';

type Taker = { readonly id: string; readonly events: readonly string[]; readonly filter: EventFilter | null };
export type TenantTakers = Tenant & {
  /** Another one when anything has changed that decides who gets what. */
  readonly signature: string;
  readonly takers: readonly Taker[];
};

export type Takers = {
  /** Those of each tenant; one statement for all that are not known, none otherwise. */
  of(tenants: readonly Tenant[]): Promise<readonly TenantTakers[]>;
  /** What is known of them is no longer so. */
  forget(tenants: readonly Tenant[]): void;
};

const TENANTS_MAX = 5_000;
/** An endpoint that never proved itself was promised nothing. All others are served or held, whatever their state. */
const TAKER = `e.disabled_reason is distinct from 'unverified'`;
/** As `webhooks.fan_out` has it. */
const SIGNATURE = `coalesce(md5(string_agg(concat_ws(' ', e.id, e.events, e.filter), ' ' order by e.id) filter (where e.id is not null)), '')`;

const READ = `${allTenants('events of any tenant reach its endpoints')}select tenant.account_id as "accountId", tenant.mode, ${SIGNATURE} as signature,
    coalesce(json_agg(json_build_object('id', e.id, 'events', e.events, 'filter', e.filter)) filter (where e.id is not null), '[]') as takers
  from unnest($1::text[], $2::text[]) as tenant(account_id, mode)
  left join webhooks.endpoint e on e.account_id = tenant.account_id and e.mode = tenant.mode and ${TAKER} group by 1, 2`;

export function createTakers(run: RunStatement): Takers {
  const kept = new LRUCache<string, TenantTakers>({ max: TENANTS_MAX });
  return {
    async of(tenants) {
      const known = tenants.flatMap((tenant) => kept.get(tenantKey(tenant)) ?? []);
      const missing = tenants.filter((tenant) => !kept.has(tenantKey(tenant)));
      if (missing.length === 0) return known;
      const read = (await run(READ, [missing.map(({ accountId }) => accountId), missing.map(({ mode }) => mode)])) as TenantTakers[];
      for (const one of read) kept.set(tenantKey(one), one);
      return [...known, ...read];
    },
    forget(tenants) {
      for (const tenant of tenants) kept.delete(tenantKey(tenant));
    },
  };
}

export function wants({ events, filter }: Taker, { type, payload }: BusEvent): boolean {
  return (events.includes(type) || events.includes(ALL_EVENTS)) && (filter === null || matches(filter, payload));
}
