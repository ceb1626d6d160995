import { z } from 'zod';
import { findTicket } from '../../../tickets/tickets.ts';
import { checked, operatorProcedure } from '../../procedures.ts';

export const getTicket = operatorProcedure('admin', 'support', 'auditor')
  .input(checked(z.object({ id: z.string().max(64) })))
  .query(({ ctx, input: { id } }) => findTicket(ctx.admin, {}, id));
