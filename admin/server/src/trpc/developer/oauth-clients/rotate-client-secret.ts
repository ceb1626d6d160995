import { z } from 'zod';
import { rotateClientSecret as rotate } from '../../../oauth-clients/change-client.ts';
import { findClient } from '../../../oauth-clients/find-client.ts';
import { acting } from '../../changing.ts';
import { keyId, OVERLAP_MS_MAX } from '../../key-id.ts';
import { checked, developerProcedure } from '../../procedures.ts';

/** A new secret, shown this once, beside the old one, which goes on for the overlap. */
export const rotateClientSecret = developerProcedure('developer')
  .input(checked(keyId.extend({ overlapMs: z.int().min(1).max(OVERLAP_MS_MAX) })))
  .mutation(async ({ ctx, input: { accountId, id, overlapMs } }) => {
    await findClient(ctx.admin, accountId, id);
    return rotate(acting(ctx), id, overlapMs);
  });
