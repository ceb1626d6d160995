import { accountInput, createAccount as create } from '../../../accounts/accounts.ts';
import { acting } from '../../changing.ts';
import { checked, operatorProcedure } from '../../procedures.ts';

export const createAccount = operatorProcedure('admin')
  .input(checked(accountInput))
  .mutation(({ ctx, input }) => create(acting(ctx), input));
