import { AppError } from '@portico/contracts/errors';
import { z } from 'zod';
import { findAccount } from '../../../accounts/accounts.ts';
import { inviteMember as invite, memberInput } from '../../../members/members.ts';
import { changing } from '../../changing.ts';
import { checked, operatorProcedure } from '../../procedures.ts';

export const inviteMember = operatorProcedure('admin', 'support')
  .input(checked(memberInput.extend({ accountId: z.string().max(64) })))
  .mutation(async ({ ctx, input: { accountId, ...given } }) => {
    // Who may make nobody an owner makes no owner by inviting either.
    if (given.role === 'owner' && ctx.operatorRole !== 'admin')
      throw new AppError('AUTHORIZATION_ERROR', 'Inviting an owner needs the role admin.');
    const account = await findAccount(ctx.admin, accountId);
    const member = await changing(ctx, {
      action: 'member.invited',
      work: (inside) => invite(inside, account.id, given),
      target: ({ id }) => id,
      after: (made) => ({ accountId: account.id, ...made }),
    });
    ctx.post(ctx.letters.invitation(member.email, account.name, member.role));
    return member;
  });
