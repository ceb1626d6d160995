import { z } from 'zod';
import { findMember, removeMember as remove } from '../../../members/members.ts';
import { changing } from '../../changing.ts';
import { checked, operatorProcedure } from '../../procedures.ts';

export const removeMember = operatorProcedure('admin')
  .input(checked(z.object({ accountId: z.string().max(64), id: z.string().max(64) })))
  .mutation(({ ctx, input: { accountId, id } }) =>
    changing(ctx, {
      action: 'member.removed',
      target: id,
      before: async (inside) => ({ accountId, ...(await findMember(inside, accountId, id)) }),
      work: (inside) => remove(inside, accountId, id),
    }),
  );
