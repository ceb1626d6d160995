import { z } from 'zod';
import { adminLogFilter, readAdminLog } from '../../../admin-log/read-admin-log.ts';
import { checked, operatorProcedure } from '../../procedures.ts';

/** Every change that somebody made, or those of one account. */
export const listAdminLog = operatorProcedure('admin', 'support', 'auditor')
  .input(checked(adminLogFilter.extend({ accountId: z.string().max(64).optional() })))
  .query(({ ctx, input }) => readAdminLog(ctx.admin, input));
