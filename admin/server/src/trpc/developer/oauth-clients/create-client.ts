import { findAccount } from '../../../accounts/accounts.ts';
import { clientInput, createClient as create } from '../../../oauth-clients/create-client.ts';
import { acting } from '../../changing.ts';
import { checked, developerProcedure } from '../../procedures.ts';

/** The tier and limits of its own are the operators' to give. The secret is shown this once. */
export const createClient = developerProcedure('developer')
  .input(checked(clientInput.omit({ tier: true, quota: true, burst: true })))
  .mutation(async ({ ctx, input: { accountId, ...given } }) => {
    const { id } = await findAccount(ctx.admin, accountId);
    return create(acting(ctx), id, given);
  });
