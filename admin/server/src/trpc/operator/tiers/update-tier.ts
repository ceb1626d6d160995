import { findTier, tierInput, updateTier as update } from '../../../tiers/tiers.ts';
import { changing } from '../../changing.ts';
import { checked, operatorProcedure } from '../../procedures.ts';

/** Holds on every gateway within a second, for keys without limits of their own. */
export const updateTier = operatorProcedure('admin')
  .input(checked(tierInput))
  .mutation(({ ctx, input }) =>
    changing(ctx, {
      action: 'tier.updated',
      target: input.tier,
      before: async (inside) => ({ ...(await findTier(inside, input.tier)) }),
      work: (inside) => update(inside, input),
      after: (tier) => ({ ...tier }),
    }),
  );
