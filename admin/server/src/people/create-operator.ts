import { type Acting, changing } from '../trpc/changing.ts';
import { addOperator, findOperator, type OperatorInput, type OperatorView } from './operators.ts';

/** Makes an operator and records it, whether another operator asked for it or the command line. */
export function createOperator(context: Acting, given: OperatorInput): Promise<OperatorView & { password: string }> {
  return changing(context, {
    action: 'operator.created',
    work: (inside) => addOperator(inside, given),
    target: ({ id }) => id,
    after: ({ id }, inside) => findOperator(inside, id),
  });
}
