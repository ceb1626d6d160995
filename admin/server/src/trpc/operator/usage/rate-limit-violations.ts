import { z } from 'zod';
import { findAccount } from '../../../accounts/accounts.ts';
import { rateLimitViolations as list, usageFilter } from '../../../audit/usage.ts';
import { checked, operatorProcedure } from '../../procedures.ts';

/** Requests that were refused for their rate, newest first. */
export const rateLimitViolations = operatorProcedure('admin', 'support', 'auditor')
  .input(checked(usageFilter.extend({ accountId: z.string().max(64) })))
  .query(async ({ ctx, input: { accountId, ...range } }) =>
    list(ctx.admin, { ...range, accountId: (await findAccount(ctx.admin, accountId)).id }),
  );
