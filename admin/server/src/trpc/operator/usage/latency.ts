import { z } from 'zod';
import { findAccount } from '../../../accounts/accounts.ts';
import { latencyBy, usageFilter } from '../../../audit/usage.ts';
import { checked, operatorProcedure } from '../../procedures.ts';

/** Percentiles per key or per route, the busiest first. */
export const latency = operatorProcedure('admin', 'support', 'auditor')
  .input(checked(usageFilter.extend({ by: z.enum(['key', 'route']), accountId: z.string().max(64) })))
  .query(async ({ ctx, input: { accountId, by, ...range } }) =>
    latencyBy(ctx.admin, by, { ...range, accountId: (await findAccount(ctx.admin, accountId)).id }),
  );
