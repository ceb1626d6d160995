import { findApiKey } from '../../../api-keys/find-api-key.ts';
import { requestsPerDay, usageFilter } from '../../../audit/usage.ts';
import { keyId } from '../../key-id.ts';
import { checked, developerProcedure } from '../../procedures.ts';

/** Requests per day of one key. */
export const getKeyUsage = developerProcedure('viewer')
  .input(checked(keyId.extend(usageFilter.pick({ from: true, to: true }).shape)))
  .query(async ({ ctx, input: { accountId, id, from, to } }) => {
    await findApiKey(ctx.admin, accountId, id);
    return requestsPerDay(ctx.admin, { accountId, keyId: id, from, to });
  });
