import { openTicket as open, ticketInput } from '../../../tickets/tickets.ts';
import { changing } from '../../changing.ts';
import { checked, developerProcedure } from '../../procedures.ts';

export const openTicket = developerProcedure('developer')
  .input(checked(ticketInput))
  .mutation(({ ctx, input: { accountId, ...given } }) =>
    changing(ctx, {
      action: 'ticket.opened',
      work: (inside) => open(inside, accountId, { id: ctx.person.id, name: ctx.person.name, side: 'developer' }, given),
      target: ({ id }) => id,
      after: ({ subject, status }) => ({ accountId, subject, status }),
    }),
  );
