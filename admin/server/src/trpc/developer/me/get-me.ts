import { listMemberships } from '../../../members/memberships.ts';
import { personProcedure } from '../../procedures.ts';

/** Who is signed in, and on which accounts they work. */
export const getMe = personProcedure.query(async ({ ctx: { admin, person } }) => {
  const { id, email, name, twoFactorEnabled } = person;
  return { id, email, name, twoFactorEnabled, accounts: await listMemberships(admin, id) };
});
