import { z } from 'zod';
import { findAccount } from '../../../accounts/accounts.ts';
import { listRequests as list, requestPage } from '../../../audit/list-requests.ts';
import { checked, operatorProcedure } from '../../procedures.ts';

/** The latest rows of the request log, a page at a time. */
export const listRequests = operatorProcedure('admin', 'support', 'auditor')
  .input(checked(requestPage.extend({ accountId: z.string().max(64) })))
  .query(async ({ ctx, input: { accountId, ...page } }) => list(ctx.admin, (await findAccount(ctx.admin, accountId)).id, page));
