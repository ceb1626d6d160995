import { requireScope } from '@portico/contracts/caller';
import { callerOf, type Step } from '../rest/rest-request.ts';

/** AUTHORIZATION_ERROR when the route is not open to the caller. Behind the limits, so that refused requests count too. */
export const requireScopes: Step = (request, next) => {
  const access = request.endpoint?.access;
  if (access !== undefined && access !== 'public') for (const scope of access.scopes) requireScope(callerOf(request), scope);
  return next(request);
};
