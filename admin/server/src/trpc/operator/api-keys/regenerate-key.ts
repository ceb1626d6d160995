import { regenerateApiKey } from '../../../api-keys/change-api-key.ts';
import { findApiKey } from '../../../api-keys/find-api-key.ts';
import { acting } from '../../changing.ts';
import { keyId } from '../../key-id.ts';
import { checked, operatorProcedure } from '../../procedures.ts';

/** A new key, shown this once, in place of the old one, which stops at once. */
export const regenerateKey = operatorProcedure('admin', 'support')
  .input(checked(keyId))
  .mutation(async ({ ctx, input: { accountId, id } }) => {
    await findApiKey(ctx.admin, accountId, id);
    return regenerateApiKey(acting(ctx), id);
  });
