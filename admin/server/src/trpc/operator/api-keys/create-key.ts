import { z } from 'zod';
import { findAccount } from '../../../accounts/accounts.ts';
import { createApiKey } from '../../../api-keys/create-api-key.ts';
import { keyInput } from '../../../api-keys/key-input.ts';
import { acting } from '../../changing.ts';
import { checked, operatorProcedure } from '../../procedures.ts';

/** Key and secret are shown this once. */
export const createKey = operatorProcedure('admin', 'support')
  .input(checked(keyInput.extend({ accountId: z.string().max(64) })))
  .mutation(async ({ ctx, input: { accountId, ...given } }) => {
    const { id } = await findAccount(ctx.admin, accountId);
    return createApiKey(acting(ctx), id, given);
  });
