import { z } from 'zod';
import { findAccount } from '../../../accounts/accounts.ts';
import { errorsByCode as count, usageFilter } from '../../../audit/usage.ts';
import { checked, operatorProcedure } from '../../procedures.ts';

/** The most frequent first. */
export const errorsByCode = operatorProcedure('admin', 'support', 'auditor')
  .input(checked(usageFilter.extend({ accountId: z.string().max(64) })))
  .query(async ({ ctx, input: { accountId, ...range } }) =>
    count(ctx.admin, { ...range, accountId: (await findAccount(ctx.admin, accountId)).id }),
  );
