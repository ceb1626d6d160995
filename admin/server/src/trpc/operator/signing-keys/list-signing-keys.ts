import { listSigningKeys as list } from '../../../service-tokens/list-signing-keys.ts';
import { operatorProcedure } from '../../procedures.ts';

export const listSigningKeys = operatorProcedure('admin', 'support', 'auditor').query(({ ctx }) => list(ctx.admin));
