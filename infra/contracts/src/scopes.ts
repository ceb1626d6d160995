// Scopes say what a credential may do: `<resource>:<action>`, or `read` / `write` for every resource at once.

export const RESOURCES = ['orders', 'products', 'customers', 'inventory', 'payments', 'webhooks', 'events'] as const;
export type Resource = (typeof RESOURCES)[number];

export type ResourceScope = `${Resource}:read` | `${Resource}:write`;
/** `graph:*` opens the internal `/graphql` to a service; it grants nothing on the public API. */
export type GraphScope = 'graph:read' | 'graph:write';
export type Scope = ResourceScope | GraphScope | 'read' | 'write';

export const SCOPES: readonly Scope[] = [
  'read',
  'write',
  ...RESOURCES.flatMap((resource): ResourceScope[] => [`${resource}:read`, `${resource}:write`]),
  'graph:read',
  'graph:write',
];

export function isScope(text: string): text is Scope {
  return (SCOPES as readonly string[]).includes(text);
}

/** Whether a set of granted scopes covers the needed one, by name or by its wide form. */
export function covers(granted: ReadonlySet<string>, needed: ResourceScope): boolean {
  if (granted.has(needed)) return true;
  return needed.endsWith(':read') ? granted.has('read') || granted.has('graph:read') : granted.has('write') || granted.has('graph:write');
}
