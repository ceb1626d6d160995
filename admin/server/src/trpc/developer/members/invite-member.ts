import { findAccount } from '../../../accounts/accounts.ts';
import { inviteMember as invite, memberInput } from '../../../members/members.ts';
import { changing } from '../../changing.ts';
import { checked, developerProcedure } from '../../procedures.ts';

export const inviteMember = developerProcedure('owner')
  .input(checked(memberInput))
  .mutation(async ({ ctx, input: { accountId, ...given } }) => {
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
