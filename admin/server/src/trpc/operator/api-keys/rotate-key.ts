import { z } from 'zod';
import { rotateApiKey } from '../../../api-keys/change-api-key.ts';
import { findApiKey } from '../../../api-keys/find-api-key.ts';
import { acting } from '../../changing.ts';
import { keyId, OVERLAP_MS_MAX } from '../../key-id.ts';
import { checked, operatorProcedure } from '../../procedures.ts';

/** A new key, shown this once, beside the old one, which goes on for the overlap. */
export const rotateKey = operatorProcedure('admin', 'support')
  .input(checked(keyId.extend({ overlapMs: z.int().min(1).max(OVERLAP_MS_MAX) })))
  .mutation(async ({ ctx, input: { accountId, id, overlapMs } }) => {
    await findApiKey(ctx.admin, accountId, id);
    return rotateApiKey(acting(ctx), id, overlapMs);
  });
