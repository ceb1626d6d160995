import { listTickets as list, ticketFilter } from '../../../tickets/tickets.ts';
import { checked, developerProcedure } from '../../procedures.ts';

export const listTickets = developerProcedure('viewer')
  .input(checked(ticketFilter))
  .query(({ ctx, input: { accountId, ...filter } }) => list(ctx.admin, { accountId }, filter));
