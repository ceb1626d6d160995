import { adminLogFilter, readAdminLog } from '../../../admin-log/read-admin-log.ts';
import { checked, developerProcedure } from '../../procedures.ts';

/** Who changed what of the account, newest first. */
export const listAdminLog = developerProcedure('viewer')
  .input(checked(adminLogFilter))
  .query(({ ctx, input }) => readAdminLog(ctx.admin, input));
