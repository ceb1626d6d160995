import { z } from 'zod';
import { findAccount } from '../../../accounts/accounts.ts';
import { checked, operatorProcedure } from '../../procedures.ts';

/** By id or slug. */
export const getAccount = operatorProcedure('admin', 'support', 'auditor')
  .input(checked(z.object({ accountId: z.string().max(64) })))
  .query(({ ctx, input }) => findAccount(ctx.admin, input.accountId));
