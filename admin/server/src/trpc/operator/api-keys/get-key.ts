import { findApiKey } from '../../../api-keys/find-api-key.ts';
import { keyId } from '../../key-id.ts';
import { checked, operatorProcedure } from '../../procedures.ts';

export const getKey = operatorProcedure('admin', 'support', 'auditor')
  .input(checked(keyId))
  .query(({ ctx, input }) => findApiKey(ctx.admin, input.accountId, input.id));
