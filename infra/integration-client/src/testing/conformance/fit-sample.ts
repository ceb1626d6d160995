// A made-up value, less the optional fields whose rules nothing made up satisfies: a cursor of the provider's own form, for example.
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { PERSONAL_NAME } from '../../personal/personal-name.ts';

type Path = readonly PropertyKey[];
/** `leftOut`: with dots. */
export type Fitted =
  | { readonly kind: 'fits'; readonly value: unknown; readonly leftOut: readonly string[] }
  | { readonly kind: 'none'; readonly at: string };

export async function fitSample(schema: StandardSchemaV1, made: unknown): Promise<Fitted> {
  const leftOut: string[] = [];
  let value = made;
  for (let refused = await refusedOf(schema, value); refused !== undefined; refused = await refusedOf(schema, value)) {
    const less = await lessOne(schema, value, refused[0] ?? []);
    if (less === undefined) return { kind: 'none', at: textOf(refused[0] ?? []) || 'the whole' };
    value = less.value;
    leftOut.push(textOf(less.path));
  }
  return { kind: 'fits', value, leftOut };
}

/** Where the value is refused. */
async function refusedOf(schema: StandardSchemaV1, value: unknown): Promise<Path[] | undefined> {
  const { issues } = await schema['~standard'].validate(value);
  return issues?.map(({ path = [] }) => path.map((part) => (typeof part === 'object' ? part.key : part)));
}

/**
 * Without the field that is refused, or the one that holds it, if the schema lets it be away. What is personal by its name stays: whether it
 * is tagged is part of what is tried.
 */
async function lessOne(schema: StandardSchemaV1, value: unknown, at: Path): Promise<{ value: unknown; path: Path } | undefined> {
  for (let length = at.length; length > 0; length -= 1) {
    const path = at.slice(0, length);
    if (PERSONAL_NAME.test(String(path.at(-1)))) return undefined;
    const less = without(value, path);
    if (less === undefined) continue;
    const refused = (await refusedOf(schema, less)) ?? [];
    if (!refused.some((other) => path.every((part, index) => other[index] === part))) return { value: less, path };
  }
  return undefined;
}

/** Undefined when the path does not end at a field of an object. */
function without(value: unknown, [name, ...rest]: Path): unknown {
  if (typeof value !== 'object' || value === null || name === undefined || !Object.hasOwn(value, name)) return undefined;
  if (rest.length === 0) {
    return Array.isArray(value) ? undefined : Object.fromEntries(Object.entries(value).filter(([other]) => other !== String(name)));
  }
  const inside = without(Reflect.get(value, name), rest);
  if (inside === undefined) return undefined;
  if (Array.isArray(value)) return value.map((item, index) => (index === Number(name) ? inside : item));
  return { ...value, [name]: inside };
}

function textOf(path: Path): string {
  return path.map(String).join('.');
}
