import { accountInput, createAccount as create } from '../../../accounts/accounts.ts';
import { addOwner } from '../../../members/memberships.ts';
import { changing } from '../../changing.ts';
import { checked, personProcedure } from '../../procedures.ts';

/** Whoever is signed in may open an account, and owns it. */
export const createAccount = personProcedure.input(checked(accountInput.pick({ slug: true, name: true }))).mutation(({ ctx, input }) =>
  changing(ctx, {
    action: 'member.founded',
    async work(inside) {
      const account = await create(inside, input);
      await addOwner(inside, account.id, ctx.person);
      return account;
    },
    target: ({ id }) => id,
    after: () => ({ email: ctx.person.email, role: 'owner' }),
  }),
);
