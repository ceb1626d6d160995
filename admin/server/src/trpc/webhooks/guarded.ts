import { checked, personProcedure } from '../procedures.ts';
import type { Guard } from './webhook-access.ts';
import { tenantInput } from './webhook-graph.ts';

/** A procedure in one tenant, for whom the guard lets through. Both sides have the same ones. */
export function guarded(guard: Guard) {
  return personProcedure
    .use(async ({ ctx, getRawInput, next }) => {
      // Who may not act is told so before anything that is missing from the input is named.
      const raw = await getRawInput();
      const accountId =
        typeof raw === 'object' && raw !== null && 'accountId' in raw && typeof raw.accountId === 'string'
          ? raw.accountId.slice(0, 64)
          : '';
      await guard(ctx, accountId);
      return next();
    })
    .input(checked(tenantInput));
}
