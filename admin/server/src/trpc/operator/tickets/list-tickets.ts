import { z } from 'zod';
import { slugsOf } from '../../../accounts/accounts.ts';
import { listTickets as list, ticketFilter } from '../../../tickets/tickets.ts';
import { checked, operatorProcedure } from '../../procedures.ts';

export const listTickets = operatorProcedure('admin', 'support', 'auditor')
  .input(checked(ticketFilter.extend({ accountId: z.string().max(64).optional() })))
  .query(async ({ ctx, input: { accountId, ...filter } }) => {
    const tickets = await list(ctx.admin, accountId === undefined ? {} : { accountId }, filter);
    const slugs = await slugsOf(
      ctx.admin,
      tickets.map((ticket) => ticket.accountId),
    );
    return tickets.map((ticket) => ({ ...ticket, accountSlug: slugs.get(ticket.accountId) ?? ticket.accountId }));
  });
