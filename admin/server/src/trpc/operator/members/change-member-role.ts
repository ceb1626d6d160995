import { z } from 'zod';
import { MEMBER_ROLES } from '../../../members/member.entity.ts';
import { changeMemberRole as change, findMember } from '../../../members/members.ts';
import { changing } from '../../changing.ts';
import { checked, operatorProcedure } from '../../procedures.ts';

export const changeMemberRole = operatorProcedure('admin')
  .input(checked(z.object({ accountId: z.string().max(64), id: z.string().max(64), role: z.enum(MEMBER_ROLES) })))
  .mutation(({ ctx, input: { accountId, id, role } }) =>
    changing(ctx, {
      action: 'member.role_changed',
      target: id,
      before: async (inside) => ({ accountId, ...(await findMember(inside, accountId, id)) }),
      work: (inside) => change(inside, accountId, id, role),
      after: (member) => ({ accountId, ...member }),
    }),
  );
