import { findAccount } from '../../../accounts/accounts.ts';
import { createApiKey } from '../../../api-keys/create-api-key.ts';
import { keyInput } from '../../../api-keys/key-input.ts';
import { acting } from '../../changing.ts';
import { checked, developerProcedure } from '../../procedures.ts';

/** The tier and limits of its own are the operators' to give. Key and secret are shown this once. */
export const createKey = developerProcedure('developer')
  .input(checked(keyInput.omit({ tier: true, quota: true, burst: true })))
  .mutation(async ({ ctx, input: { accountId, ...given } }) => {
    const { id } = await findAccount(ctx.admin, accountId);
    return createApiKey(acting(ctx), id, given);
  });
