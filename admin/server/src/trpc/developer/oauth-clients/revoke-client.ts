import { revokeClient as revoke } from '../../../oauth-clients/change-client.ts';
import { findClient } from '../../../oauth-clients/find-client.ts';
import { acting } from '../../changing.ts';
import { keyId } from '../../key-id.ts';
import { checked, developerProcedure } from '../../procedures.ts';

/** No token any more, and those given out end within a second. */
export const revokeClient = developerProcedure('developer')
  .input(checked(keyId))
  .mutation(async ({ ctx, input: { accountId, id } }) => {
    await findClient(ctx.admin, accountId, id);
    await revoke(acting(ctx), id);
    return findClient(ctx.admin, accountId, id);
  });
