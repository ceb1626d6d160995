import type { Field, FieldDeclaration } from './fields.ts';

/** A type of the public contract: the fields an integrator may ask for, and those he gets without asking. */
export type Resource = {
  /** Name of its schema in OpenAPI. */
  readonly name: string;
  readonly fields: ReadonlyMap<string, Field>;
  readonly byDefault: readonly string[];
  /** Whether it has a version, from which its ETag is made. */
  readonly versioned: boolean;
};

/** Fields are in the answer by default unless they are joins. */
export function defineResource(
  name: string,
  declared: Readonly<Record<string, FieldDeclaration>>,
  options: { versioned?: boolean } = {},
): Resource {
  const fields = new Map(
    Object.entries(declared).map(([field, made]): [string, Field] => [field, 'leaf' in made ? made.leaf(field) : made.object(field)]),
  );
  const byDefault = [...fields].flatMap(([field, made]) => (made.kind === 'object' && made.scope !== undefined ? [] : [field]));
  return { name, fields, byDefault, versioned: options.versioned ?? true };
}
