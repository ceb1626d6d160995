import { concernedInput, tierConcerned as count } from '../../../tiers/tier-concerned.ts';
import { checked, operatorProcedure } from '../../procedures.ts';

/** Whom a change of the tier would concern. */
export const tierConcerned = operatorProcedure('admin', 'support', 'auditor')
  .input(checked(concernedInput))
  .query(({ ctx, input }) => count(ctx.admin, input));
