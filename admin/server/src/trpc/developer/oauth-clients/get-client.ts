import { findClient } from '../../../oauth-clients/find-client.ts';
import { keyId } from '../../key-id.ts';
import { checked, developerProcedure } from '../../procedures.ts';

export const getClient = developerProcedure('viewer')
  .input(checked(keyId))
  .query(({ ctx, input }) => findClient(ctx.admin, input.accountId, input.id));
