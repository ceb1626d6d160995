import type { JsonSchema } from '../../rest/declare/fields.ts';

/** A JSON schema as a TypeScript type. References are to types of the same name. */
export function typeOfSchema(schema: JsonSchema): string {
  if (typeof schema.$ref === 'string') return schema.$ref.split('/').at(-1) ?? 'unknown';
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (Array.isArray(schema.enum)) return union(schema.enum.map((value) => JSON.stringify(value)));
  const either = schema.oneOf ?? schema.anyOf;
  if (Array.isArray(either)) return union(either.map(typeOfSchema));
  if (Array.isArray(schema.allOf)) return schema.allOf.map(typeOfSchema).join(' & ');
  if (Array.isArray(schema.type)) return union(schema.type.map((type) => typeOfSchema({ ...schema, type })));
  if (schema.type === 'array') return `(${typeOfSchema((schema.items ?? {}) as JsonSchema)})[]`;
  if (schema.type === 'object') return typeOfObject(schema);
  return PLAIN[String(schema.type)] ?? 'unknown';
}

const PLAIN: Readonly<Record<string, string>> = { string: 'string', number: 'number', integer: 'number', boolean: 'boolean', null: 'null' };

function typeOfObject({ properties, required = [], additionalProperties }: JsonSchema): string {
  if (properties === undefined) {
    const value = typeof additionalProperties === 'object' ? typeOfSchema(additionalProperties as JsonSchema) : 'unknown';
    return `Record<string, ${value}>`;
  }
  const members = Object.entries(properties as Record<string, JsonSchema>).map(([name, property]) =>
    member(name, typeOfSchema(property), { required: (required as string[]).includes(name), description: property.description }),
  );
  return objectType(members);
}

export function objectType(members: readonly string[]): string {
  return members.length === 0 ? '{}' : `{\n${members.join('\n').replaceAll(/^/gm, '  ')}\n}`;
}

/** A member of an object type, with its description in front. */
export function member(name: string, type: string, { required, description }: { required: boolean; description?: unknown }): string {
  const comment = typeof description === 'string' ? `/** ${description.replaceAll('*/', '*\\/').replaceAll('\n', ' ')} */\n` : '';
  return `${comment}${/^[a-z_$][\w$]*$/i.test(name) ? name : JSON.stringify(name)}${required ? '' : '?'}: ${type};`;
}

function union(types: readonly string[]): string {
  return [...new Set(types)].join(' | ');
}
