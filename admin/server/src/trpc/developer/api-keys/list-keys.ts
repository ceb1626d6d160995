import { listApiKeys } from '../../../api-keys/list-api-keys.ts';
import { developerProcedure } from '../../procedures.ts';

export const listKeys = developerProcedure('viewer').query(({ ctx, input }) => listApiKeys(ctx.admin, input.accountId));
