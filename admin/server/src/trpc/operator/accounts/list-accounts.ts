import { accountFilter, listAccounts as list } from '../../../accounts/accounts.ts';
import { checked, operatorProcedure } from '../../procedures.ts';

export const listAccounts = operatorProcedure('admin', 'support', 'auditor')
  .input(checked(accountFilter))
  .query(({ ctx, input }) => list(ctx.admin, input));
