import type { Field } from '../rest/declare/fields.ts';
import type { Resource } from '../rest/declare/resource.ts';
import type { Route } from '../rest/declare/route.ts';

/** The schemas of all resources that the routes answer with, and of those they reach. */
export function describeResources(routes: readonly Route[]): Record<string, unknown> {
  return Object.fromEntries([...resourcesOf(routes)].map(([name, resource]) => [name, describe(resource)]));
}

export function resourcesOf(routes: readonly Route[]): ReadonlyMap<string, Resource> {
  const found = new Map<string, Resource>();
  const visit = (resource: Resource): void => {
    if (found.has(resource.name)) return;
    found.set(resource.name, resource);
    for (const field of resource.fields.values()) if (field.kind === 'object') visit(field.resource());
  };
  for (const route of routes) if (route.kind !== 'custom') visit(route.resource);
  return found;
}

function describe(resource: Resource): unknown {
  return {
    type: 'object',
    // With `fields=` an answer has what was asked for, so nothing is required.
    properties: Object.fromEntries([...resource.fields].map(([name, field]) => [name, describeField(field)])),
  };
}

function describeField(field: Field): unknown {
  if (field.kind === 'leaf') return field.schema;
  const reference = { $ref: `#/components/schemas/${field.resource().name}` };
  const description =
    field.scope === undefined
      ? field.description
      : `${field.description} Only when asked for by \`fields\` or \`expand\`; needs the scope ${field.scope}.`;
  if (field.many) return { type: 'array', items: reference, description };
  return field.nullable ? { oneOf: [reference, { type: 'null' }], description } : { allOf: [reference], description };
}

/** What a resource looks like, from the examples of its fields; of those that come by default. */
export function exampleOf(resource: Resource, names = resource.byDefault): Record<string, unknown> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const field = resource.fields.get(name);
      if (field === undefined) return [];
      if (field.kind === 'leaf') return [[name, (field.schema.examples as unknown[] | undefined)?.[0] ?? null]];
      const inner = exampleOf(field.resource());
      return [[name, field.many ? [inner] : inner]];
    }),
  );
}
