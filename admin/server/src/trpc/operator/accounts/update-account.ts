import { z } from 'zod';
import { accountChanges, findAccount, updateAccount as update } from '../../../accounts/accounts.ts';
import { changing } from '../../changing.ts';
import { checked, operatorProcedure } from '../../procedures.ts';

export const updateAccount = operatorProcedure('admin')
  .input(checked(accountChanges.extend({ accountId: z.string().max(64) })))
  .mutation(({ ctx, input: { accountId, ...changes } }) =>
    changing(ctx, {
      action: 'account.updated',
      target: accountId,
      before: async (inside) => ({ ...(await findAccount(inside, accountId)) }),
      work: (inside) => update(inside, accountId, changes),
      after: (account) => ({ ...account }),
    }),
  );
