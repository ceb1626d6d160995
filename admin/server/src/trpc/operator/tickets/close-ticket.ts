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
      before: async (inside) => ({ status: (await findTicket(inside, {}, id)).status }),
      work: (inside) => close(inside, {}, id),
      after: ({ status }) => ({ status }),
    }),
  );
