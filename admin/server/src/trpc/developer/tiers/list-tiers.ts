import { listTiers as list } from '../../../tiers/tiers.ts';
import { personProcedure } from '../../procedures.ts';

export const listTiers = personProcedure.query(({ ctx }) => list(ctx.admin));
