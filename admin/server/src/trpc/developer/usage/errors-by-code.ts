import { errorsByCode as count, usageFilter } from '../../../audit/usage.ts';
import { checked, developerProcedure } from '../../procedures.ts';

/** The most frequent first. */
export const errorsByCode = developerProcedure('viewer')
  .input(checked(usageFilter))
  .query(({ ctx, input: { accountId, ...range } }) => count(ctx.admin, { ...range, accountId }));
