import { z } from 'zod';
import { findTicket } from '../../../tickets/tickets.ts';
import { checked, developerProcedure } from '../../procedures.ts';

export const getTicket = developerProcedure('viewer')
  .input(checked(z.object({ id: z.string().max(64) })))
  .query(({ ctx, input: { accountId, id } }) => findTicket(ctx.admin, { accountId }, id));
