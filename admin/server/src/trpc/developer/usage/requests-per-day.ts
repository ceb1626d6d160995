import { requestsPerDay as count, usageFilter } from '../../../audit/usage.ts';
import { checked, developerProcedure } from '../../procedures.ts';

/** Days with at least one request, oldest first. */
export const requestsPerDay = developerProcedure('viewer')
  .input(checked(usageFilter))
  .query(({ ctx, input: { accountId, ...range } }) => count(ctx.admin, { ...range, accountId }));
