import { hasMadePassword } from '../../../people/operators.ts';
import { personProcedure } from '../../procedures.ts';

/** Who is signed in, with which role, and whether a password has to be chosen first. */
export const getMe = personProcedure.query(async ({ ctx: { admin, person } }) => {
  const { id, email, name, operatorRole, twoFactorEnabled } = person;
  return { id, email, name, role: operatorRole, twoFactorEnabled, mustChoosePassword: await hasMadePassword(admin, id) };
});
