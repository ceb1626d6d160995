import { listClients as list } from '../../../oauth-clients/list-clients.ts';
import { developerProcedure } from '../../procedures.ts';

export const listClients = developerProcedure('viewer').query(({ ctx, input }) => list(ctx.admin, input.accountId));
