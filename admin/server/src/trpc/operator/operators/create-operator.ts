import { createOperator as create } from '../../../people/create-operator.ts';
import { operatorInput } from '../../../people/operators.ts';
import { checked, operatorProcedure } from '../../procedures.ts';

/** The password that is made is shown this once, and is good for nothing but choosing another. */
export const createOperator = operatorProcedure('admin')
  .input(checked(operatorInput))
  .mutation(({ ctx, input }) => create(ctx, input));
