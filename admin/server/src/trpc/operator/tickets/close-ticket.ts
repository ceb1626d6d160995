import { z } from 'zod';
import { closeTicket as close, findTicket } from '../../../tickets/tickets.ts';
import { changing } from '../../changing.ts';
import { checked, operatorProcedure } from '../../procedures.ts';

export const closeTicket = operatorProcedure('admin', 'support')
  .input(checked(z.object({ id: z.string().max(64) })))
  .mutation(({ ctx, input: { id } }) =>
    changing(ctx, {
      action: 'ticket.closed',
      target: id,
      before: async (inside) => {
        const { accountId, status } = await findTicket(inside, {}, id);
        return { accountId, status };
      },
      work: (inside) => close(inside, {}, id),
      after: ({ accountId, status }) => ({ accountId, status }),
    }),
  );
