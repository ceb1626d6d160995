import { createOperator as create, findOperator, operatorInput } from '../../../people/operators.ts';
import { changing } from '../../changing.ts';
import { checked, operatorProcedure } from '../../procedures.ts';

/** The password that is made is shown this once, and is good for nothing but choosing another. */
export const createOperator = operatorProcedure('admin')
  .input(checked(operatorInput))
  .mutation(({ ctx, input }) =>
    changing(ctx, {
      action: 'operator.created',
      work: (inside) => create(inside, input),
      target: ({ id }) => id,
      after: ({ id }, inside) => findOperator(inside, id),
    }),
  );
