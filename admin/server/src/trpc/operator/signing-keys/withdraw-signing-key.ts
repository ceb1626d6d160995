import { z } from 'zod';
import { withdrawSigningKey as withdraw } from '../../../service-tokens/signing-keys.ts';
import { acting } from '../../changing.ts';
import { checked, operatorProcedure } from '../../procedures.ts';

/** For a key that leaked: nothing it signed is good any more. */
export const withdrawSigningKey = operatorProcedure('admin')
  .input(checked(z.object({ id: z.string().max(64) })))
  .mutation(({ ctx, input }) => withdraw(acting(ctx), input.id));
