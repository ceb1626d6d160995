import { z } from 'zod';
import { rotateSigningKey as rotate } from '../../../service-tokens/signing-keys.ts';
import { acting } from '../../changing.ts';
import { checked, operatorProcedure } from '../../procedures.ts';

const LEAD_MS_MAX = 30 * 86_400_000;

/** A new key, which signs after the lead; 0 is at once. */
export const rotateSigningKey = operatorProcedure('admin')
  .input(checked(z.object({ leadMs: z.int().min(0).max(LEAD_MS_MAX) })))
  .mutation(({ ctx, input }) => rotate(acting(ctx), input));
