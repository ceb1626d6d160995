import { requireScope } from '@portico/contracts/caller';
import { callerOf, type Step } from '../rest/rest-request.ts';

/**
 * AUTHORIZATION_ERROR when the route, or what the request selects of a write, is not open to the caller. Behind the limits, so that refused
 * requests count too; before idempotency keys, so that nobody is shown an answer that was given to somebody who may see more.
 */
export const requireScopes: Step = (request, next) => {
  const { access, selectedScopes } = request.endpoint ?? {};
  if (access !== undefined && access !== 'public') for (const scope of access.scopes) requireScope(callerOf(request), scope);
  if (selectedScopes !== undefined) for (const scope of selectedScopes(request)) requireScope(callerOf(request), scope);
  return next(request);
};
