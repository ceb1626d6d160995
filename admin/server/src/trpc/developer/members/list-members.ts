import { listMembers as list } from '../../../members/members.ts';
import { developerProcedure } from '../../procedures.ts';

export const listMembers = developerProcedure('viewer').query(({ ctx, input }) => list(ctx.admin, input.accountId));
