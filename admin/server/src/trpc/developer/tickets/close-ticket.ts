import { z } from 'zod';
import { closeTicket as close, findTicket } from '../../../tickets/tickets.ts';
import { changing } from '../../changing.ts';
import { checked, developerProcedure } from '../../procedures.ts';

export const closeTicket = developerProcedure('developer')
  .input(checked(z.object({ id: z.string().max(64) })))
  .mutation(({ ctx, input: { accountId, id } }) =>
    changing(ctx, {
      action: 'ticket.closed',
      target: id,
      before: async (inside) => {
        const { status } = await findTicket(inside, { accountId }, id);
        return { accountId, status };
      },
      work: (inside) => close(inside, { accountId }, id),
      after: ({ status }) => ({ accountId, status }),
    }),
  );
