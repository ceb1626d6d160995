// Scopes say what a credential may do: `<resource>:<action>`, or `read` / `write` for every resource at once.

const RESOURCES = ['orders', 'products', 'customers', 'inventory', 'payments', 'webhooks', 'events'] as const;
export type Resource = (typeof RESOURCES)[number];

export type ResourceScope = `${Resource}:read` | `${Resource}:write`;
/** `graph:*` opens the internal `/graphql` to a service; it grants nothing on the public API. */
export const GRAPH_SCOPES = ['graph:read', 'graph:write'] as const;
export type GraphScope = (typeof GRAPH_SCOPES)[number];
export type Scope = ResourceScope | GraphScope | 'read' | 'write';

const RESOURCE_SCOPES = RESOURCES.flatMap((resource): ResourceScope[] => [`${resource}:read`, `${resource}:write`]);

export const SCOPES: readonly Scope[] = ['read', 'write', ...RESOURCE_SCOPES, ...GRAPH_SCOPES];

export function isScope(text: string): text is Scope {
  return (SCOPES as readonly string[]).includes(text);
}

/** Whether a set of granted scopes covers the needed one, by name or by its wide form. */
export function covers(granted: ReadonlySet<string>, needed: ResourceScope): boolean {
  if (granted.has(needed)) return true;
  return needed.endsWith(':read') ? granted.has('read') || granted.has('graph:read') : granted.has('write') || granted.has('graph:write');
}

export function isResourceScope(text: string): text is ResourceScope {
  return (RESOURCE_SCOPES as readonly string[]).includes(text);
}

/** What both sets allow: `read` and `orders:read` have `orders:read` in common. */
export function commonScopes(one: readonly string[], other: readonly string[]): string[] {
  const [ofOne, ofOther] = [new Set(one), new Set(other)];
  const within = (scope: string, held: ReadonlySet<string>): boolean => held.has(scope) || (isResourceScope(scope) && covers(held, scope));
  return [...one.filter((scope) => within(scope, ofOther)), ...other.filter((scope) => !ofOne.has(scope) && within(scope, ofOne))];
}
