import { findAccount } from '../../../accounts/accounts.ts';
import { developerProcedure } from '../../procedures.ts';

export const getAccount = developerProcedure('viewer').query(({ ctx, input }) => findAccount(ctx.admin, input.accountId));
