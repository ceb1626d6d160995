import { type FilterDef, p } from '@mikro-orm/core';
import type { Tenant } from '@portico/contracts/caller';

/** The columns by which a row belongs to a tenant. Every entity of a tenant spreads them. */
export const tenantProperties = {
  accountId: p.string().columnType('text'),
  mode: p.string().columnType('text').$type<Tenant['mode']>(),
};

/** Restricts every entity the unit of work loads to the tenant it was forked for. Without a tenant it throws. */
export const tenantFilter: FilterDef = {
  name: 'tenant',
  cond: (args: Partial<Tenant>) => {
    if (args.accountId === undefined || args.mode === undefined)
      throw new Error('An entity manager without a tenant cannot read tenant rows.');
    return { accountId: args.accountId, mode: args.mode };
  },
  default: true,
  args: true,
};

export function tenantOf(caller: Tenant): Tenant {
  return { accountId: caller.accountId, mode: caller.mode };
}
