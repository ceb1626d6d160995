import { covers, isResourceScope } from '@portico/contracts/scopes';

/** What of `allowed` is granted: all of it unless something is asked for. Undefined when more is asked for than may be had. */
export function grantScopes(allowed: readonly string[], asked: readonly string[] | undefined): string[] | undefined {
  if (asked === undefined) return [...allowed];
  const held = new Set(allowed);
  const unique = [...new Set(asked)];
  // `read` holds `orders:read`; the graph's scopes are for services and are held by nobody here.
  return unique.every((scope) => held.has(scope) || (isResourceScope(scope) && covers(held, scope))) ? unique : undefined;
}
