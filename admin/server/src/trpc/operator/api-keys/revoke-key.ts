import { revokeApiKey } from '../../../api-keys/change-api-key.ts';
import { findApiKey } from '../../../api-keys/find-api-key.ts';
import { acting } from '../../changing.ts';
import { keyId } from '../../key-id.ts';
import { checked, operatorProcedure } from '../../procedures.ts';

/** Ends the key on every gateway within a second. */
export const revokeKey = operatorProcedure('admin', 'support')
  .input(checked(keyId))
  .mutation(async ({ ctx, input: { accountId, id } }) => {
    await findApiKey(ctx.admin, accountId, id);
    await revokeApiKey(acting(ctx), id);
    return findApiKey(ctx.admin, accountId, id);
  });
