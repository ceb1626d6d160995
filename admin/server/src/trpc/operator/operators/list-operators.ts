import { listOperators as list } from '../../../people/operators.ts';
import { operatorProcedure } from '../../procedures.ts';

export const listOperators = operatorProcedure('admin', 'auditor').query(({ ctx }) => list(ctx.admin));
