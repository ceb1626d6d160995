import { z } from 'zod';
import { findAccount } from '../../../accounts/accounts.ts';
import { listClients as list } from '../../../oauth-clients/list-clients.ts';
import { checked, operatorProcedure } from '../../procedures.ts';

export const listClients = operatorProcedure('admin', 'support', 'auditor')
  .input(checked(z.object({ accountId: z.string().max(64) })))
  .query(async ({ ctx, input }) => list(ctx.admin, (await findAccount(ctx.admin, input.accountId)).id));
