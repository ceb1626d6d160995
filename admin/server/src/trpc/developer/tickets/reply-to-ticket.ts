import { z } from 'zod';
import { findTicket, replyToTicket as reply, replyInput } from '../../../tickets/tickets.ts';
import { changing } from '../../changing.ts';
import { checked, developerProcedure } from '../../procedures.ts';

export const replyToTicket = developerProcedure('developer')
  .input(checked(replyInput.extend({ id: z.string().max(64) })))
  .mutation(({ ctx, input: { accountId, id, body } }) =>
    changing(ctx, {
      action: 'ticket.replied',
      target: id,
      before: (inside) => statusOf(findTicket(inside, { accountId }, id)),
      work: (inside) => reply(inside, { accountId }, id, { id: ctx.person.id, name: ctx.person.name, side: 'developer' }, { body }),
      after: (ticket) => statusOf(Promise.resolve(ticket)),
    }),
  );

async function statusOf(ticket: Promise<{ accountId: string; status: string }>): Promise<{ accountId: string; status: string }> {
  const { accountId, status } = await ticket;
  return { accountId, status };
}
