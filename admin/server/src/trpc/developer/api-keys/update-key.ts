import { updateApiKey } from '../../../api-keys/change-api-key.ts';
import { findApiKey } from '../../../api-keys/find-api-key.ts';
import { keyChanges } from '../../../api-keys/key-input.ts';
import { acting } from '../../changing.ts';
import { keyId } from '../../key-id.ts';
import { checked, developerProcedure } from '../../procedures.ts';

export const updateKey = developerProcedure('developer')
  .input(checked(keyId.extend({ changes: keyChanges.omit({ tier: true, quota: true, burst: true }) })))
  .mutation(async ({ ctx, input: { accountId, id, changes } }) => {
    await findApiKey(ctx.admin, accountId, id);
    await updateApiKey(acting(ctx), id, changes);
    return findApiKey(ctx.admin, accountId, id);
  });
