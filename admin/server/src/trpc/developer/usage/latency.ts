import { z } from 'zod';
import { latencyBy, usageFilter } from '../../../audit/usage.ts';
import { checked, developerProcedure } from '../../procedures.ts';

/** Percentiles per key or per route, the busiest first. */
export const latency = developerProcedure('viewer')
  .input(checked(usageFilter.extend({ by: z.enum(['key', 'route']) })))
  .query(({ ctx, input: { accountId, by, ...range } }) => latencyBy(ctx.admin, by, { ...range, accountId }));
