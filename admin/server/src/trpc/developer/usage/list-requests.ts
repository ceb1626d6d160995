import { listRequests as list, requestPage } from '../../../audit/list-requests.ts';
import { checked, developerProcedure } from '../../procedures.ts';

/** The latest rows of the request log, a page at a time. */
export const listRequests = developerProcedure('viewer')
  .input(checked(requestPage))
  .query(({ ctx, input: { accountId, ...page } }) => list(ctx.admin, accountId, page));
