import { findClient } from '../../../oauth-clients/find-client.ts';
import { keyId } from '../../key-id.ts';
import { checked, operatorProcedure } from '../../procedures.ts';

export const getClient = operatorProcedure('admin', 'support', 'auditor')
  .input(checked(keyId))
  .query(({ ctx, input }) => findClient(ctx.admin, input.accountId, input.id));
