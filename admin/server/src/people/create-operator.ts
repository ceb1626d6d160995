import { type Acting, changing } from '../trpc/changing.ts';
import { addOperator, findOperator, type NewOperator, type OperatorInput, remakePassword } from './operators.ts';

/** Makes an operator and records it, whether another operator asked for it or the command line. */
export function createOperator(context: Acting, given: OperatorInput): Promise<NewOperator> {
  return changing(context, {
    action: 'operator.created',
    work: (inside) => addOperator(inside, given),
    target: ({ id }) => id,
    after: ({ id }, inside) => findOperator(inside, id),
  });
}

/** Makes another one-time password in place of one that nobody has used, and records it. */
export function renewPassword(context: Acting, email: string): Promise<NewOperator> {
  return changing(context, {
    action: 'operator.password_renewed',
    work: (inside) => remakePassword(inside, email),
    target: ({ id }) => id,
    after: ({ id }, inside) => findOperator(inside, id),
  });
}
