import { type Acting, changing } from '../trpc/changing.ts';
import { addOperator, findOperator, type NewOperator, type OperatorInput } from './operators.ts';

/** Makes an operator and records it, whether another operator asked for it or the command line. */
export function createOperator(context: Acting, given: OperatorInput): Promise<NewOperator> {
  return changing(context, {
    action: 'operator.created',
    work: (inside) => addOperator(inside, given),
    target: ({ id }) => id,
    after: ({ id }, inside) => findOperator(inside, id),
  });
}
