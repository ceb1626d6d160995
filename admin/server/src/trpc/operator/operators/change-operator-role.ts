import { z } from 'zod';
import { changeOperatorRole as change, findOperator } from '../../../people/operators.ts';
import { OPERATOR_ROLES } from '../../../people/person.entity.ts';
import { changing } from '../../changing.ts';
import { checked, operatorProcedure } from '../../procedures.ts';

/** `null` takes the role away. Sessions of the person on this side end. */
export const changeOperatorRole = operatorProcedure('admin')
  .input(checked(z.object({ id: z.string().max(64), role: z.enum(OPERATOR_ROLES).nullable() })))
  .mutation(({ ctx, input: { id, role } }) =>
    changing(ctx, {
      action: 'operator.role_changed',
      target: id,
      before: (inside) => findOperator(inside, id),
      work: (inside) => change(inside, id, role),
      after: () => ({ operatorRole: role }),
    }),
  );
