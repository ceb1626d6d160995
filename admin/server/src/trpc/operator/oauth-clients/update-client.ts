import { updateClient as update } from '../../../oauth-clients/change-client.ts';
import { clientChanges } from '../../../oauth-clients/create-client.ts';
import { findClient } from '../../../oauth-clients/find-client.ts';
import { acting } from '../../changing.ts';
import { keyId } from '../../key-id.ts';
import { checked, operatorProcedure } from '../../procedures.ts';

/** Within a second its tokens can do no more than it may. */
export const updateClient = operatorProcedure('admin', 'support')
  .input(checked(keyId.extend({ changes: clientChanges })))
  .mutation(async ({ ctx, input: { accountId, id, changes } }) => {
    await findClient(ctx.admin, accountId, id);
    await update(acting(ctx), id, changes);
    return findClient(ctx.admin, accountId, id);
  });
