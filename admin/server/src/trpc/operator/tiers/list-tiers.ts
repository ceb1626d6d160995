import { listTiers as list } from '../../../tiers/tiers.ts';
import { operatorProcedure } from '../../procedures.ts';

export const listTiers = operatorProcedure('admin', 'support', 'auditor').query(({ ctx }) => list(ctx.admin));
