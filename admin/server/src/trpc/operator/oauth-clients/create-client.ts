import { z } from 'zod';
import { findAccount } from '../../../accounts/accounts.ts';
import { clientInput, createClient as create } from '../../../oauth-clients/create-client.ts';
import { acting } from '../../changing.ts';
import { checked, operatorProcedure } from '../../procedures.ts';

/** The secret is shown this once. */
export const createClient = operatorProcedure('admin', 'support')
  .input(checked(clientInput.extend({ accountId: z.string().max(64) })))
  .mutation(async ({ ctx, input: { accountId, ...given } }) => {
    const { id } = await findAccount(ctx.admin, accountId);
    return create(acting(ctx), id, given);
  });
