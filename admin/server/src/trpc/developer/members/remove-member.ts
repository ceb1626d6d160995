import { z } from 'zod';
import { findMember, removeMember as remove } from '../../../members/members.ts';
import { changing } from '../../changing.ts';
import { checked, developerProcedure } from '../../procedures.ts';

export const removeMember = developerProcedure('owner')
  .input(checked(z.object({ id: z.string().max(64) })))
  .mutation(({ ctx, input: { accountId, id } }) =>
    changing(ctx, {
      action: 'member.removed',
      target: id,
      before: async (inside) => ({ accountId, ...(await findMember(inside, accountId, id)) }),
      work: (inside) => remove(inside, accountId, id),
    }),
  );
