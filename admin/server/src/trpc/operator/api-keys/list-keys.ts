import { z } from 'zod';
import { listApiKeys } from '../../../api-keys/list-api-keys.ts';
import { checked, operatorProcedure } from '../../procedures.ts';

export const listKeys = operatorProcedure('admin', 'support', 'auditor')
  .input(checked(z.object({ accountId: z.string().max(64) })))
  .query(({ ctx, input }) => listApiKeys(ctx.admin, input.accountId));
