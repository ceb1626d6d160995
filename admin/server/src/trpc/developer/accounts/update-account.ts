import { accountChanges, findAccount, updateAccount as update } from '../../../accounts/accounts.ts';
import { changing } from '../../changing.ts';
import { checked, developerProcedure } from '../../procedures.ts';

export const updateAccount = developerProcedure('owner')
  .input(checked(accountChanges))
  .mutation(({ ctx, input: { accountId, ...changes } }) =>
    changing(ctx, {
      action: 'account.updated',
      target: accountId,
      before: async (inside) => ({ ...(await findAccount(inside, accountId)) }),
      work: (inside) => update(inside, accountId, changes),
      after: (account) => ({ ...account }),
    }),
  );
