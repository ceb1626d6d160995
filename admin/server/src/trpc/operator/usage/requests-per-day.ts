import { z } from 'zod';
import { findAccount } from '../../../accounts/accounts.ts';
import { requestsPerDay as count, usageFilter } from '../../../audit/usage.ts';
import { checked, operatorProcedure } from '../../procedures.ts';

/** Days with at least one request, oldest first. */
export const requestsPerDay = operatorProcedure('admin', 'support', 'auditor')
  .input(checked(usageFilter.extend({ accountId: z.string().max(64) })))
  .query(async ({ ctx, input: { accountId, ...range } }) =>
    count(ctx.admin, { ...range, accountId: (await findAccount(ctx.admin, accountId)).id }),
  );
