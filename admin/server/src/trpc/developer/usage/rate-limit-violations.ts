import { rateLimitViolations as list, usageFilter } from '../../../audit/usage.ts';
import { checked, developerProcedure } from '../../procedures.ts';

/** Requests that were refused for their rate, newest first. */
export const rateLimitViolations = developerProcedure('viewer')
  .input(checked(usageFilter))
  .query(({ ctx, input: { accountId, ...range } }) => list(ctx.admin, { ...range, accountId }));
