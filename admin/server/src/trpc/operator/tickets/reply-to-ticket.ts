import { z } from 'zod';
import { findTicket, replyToTicket as reply, replyInput } from '../../../tickets/tickets.ts';
import { changing } from '../../changing.ts';
import { checked, operatorProcedure } from '../../procedures.ts';

export const replyToTicket = operatorProcedure('admin', 'support')
  .input(checked(replyInput.extend({ id: z.string().max(64) })))
  .mutation(({ ctx, input: { id, body } }) =>
    changing(ctx, {
      action: 'ticket.replied',
      target: id,
      before: (inside) => statusOf(findTicket(inside, {}, id)),
      work: (inside) => reply(inside, {}, id, { id: ctx.person.id, name: ctx.person.name, side: 'operator' }, { body }),
      after: (ticket) => statusOf(Promise.resolve(ticket)),
    }),
  );

async function statusOf(ticket: Promise<{ accountId: string; status: string }>): Promise<{ accountId: string; status: string }> {
  const { accountId, status } = await ticket;
  return { accountId, status };
}
