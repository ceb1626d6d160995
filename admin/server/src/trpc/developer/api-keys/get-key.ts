import { findApiKey } from '../../../api-keys/find-api-key.ts';
import { keyId } from '../../key-id.ts';
import { checked, developerProcedure } from '../../procedures.ts';

export const getKey = developerProcedure('viewer')
  .input(checked(keyId))
  .query(({ ctx, input }) => findApiKey(ctx.admin, input.accountId, input.id));
