import { z } from 'zod';
import { listMembers as list } from '../../../members/members.ts';
import { checked, operatorProcedure } from '../../procedures.ts';

export const listMembers = operatorProcedure('admin', 'support', 'auditor')
  .input(checked(z.object({ accountId: z.string().max(64) })))
  .query(({ ctx, input }) => list(ctx.admin, input.accountId));
