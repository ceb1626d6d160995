import { z } from 'zod';
import { listTickets as list, ticketFilter } from '../../../tickets/tickets.ts';
import { checked, operatorProcedure } from '../../procedures.ts';

export const listTickets = operatorProcedure('admin', 'support', 'auditor')
  .input(checked(ticketFilter.extend({ accountId: z.string().max(64).optional() })))
  .query(({ ctx, input: { accountId, ...filter } }) => list(ctx.admin, accountId === undefined ? {} : { accountId }, filter));
