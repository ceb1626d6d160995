import { violationsByKey as count, usageFilter } from '../../../audit/usage.ts';
import { checked, operatorProcedure } from '../../procedures.ts';

/** On all accounts: which keys were refused for their rate, and how often. */
export const violationsByKey = operatorProcedure('admin', 'support', 'auditor')
  .input(checked(usageFilter.pick({ from: true, to: true, mode: true })))
  .query(({ ctx, input }) => count(ctx.admin, input));
