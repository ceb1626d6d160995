import type { Field } from '../declare/fields.ts';
import type { Resource } from '../declare/resource.ts';
import type { Conventions } from '../declare/version.ts';

export type RestyleResource = (declared: Resource) => Resource;

/** Says resources as a version does: names and amounts are settled here, once, so that an answer in it costs what one in the first version costs. */
export function createRestyleResource({ name, money }: Conventions): RestyleResource {
  // Resources refer to each other in circles.
  const said = new Map<Resource, Resource>();

  function restyle(declared: Resource): Resource {
    let resource = said.get(declared);
    if (resource === undefined) {
      const nameOf = (field: string): string => name(field, declared.name);
      const fields = new Map([...declared.fields].map(([field, made]) => [nameOf(field), restyleField(made)] as const));
      resource = { ...declared, fields, byDefault: declared.byDefault.map(nameOf) };
      said.set(declared, resource);
    }
    return resource;
  }

  function restyleField(field: Field): Field {
    if (field.kind === 'object')
      return { ...field, resource: () => restyle(field.resource()), description: sayInText(field.description, name) };
    const leaf = (money === 'text' ? field.asText : undefined) ?? field;
    const { description } = leaf.schema;
    return typeof description === 'string' ? { ...leaf, schema: { ...leaf.schema, description: sayInText(description, name) } } : leaf;
  }

  return restyle;
}

/** The names between backticks in a text for people. */
export function sayInText(text: string, name: Conventions['name']): string {
  return text.replace(/`[^`]+`/g, (quoted) => quoted.replace(/\b[a-z]+(?:[A-Z][a-z0-9]*)+\b/g, (word) => name(word)));
}
