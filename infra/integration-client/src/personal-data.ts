// Which parts of a body are personal. The tag is on the schema, once; what is logged, cached and shown follows from it. What no schema
// describes is not shown at all.
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { childrenOf } from './personal/zod-children.ts';

export { describeIssues, type IssueDescription } from './personal/describe-issues.ts';

/** What stands for a value that is not shown. */
export const HIDDEN = '[hidden]';

type Tag = { readonly whole: boolean; readonly paths: readonly (readonly string[])[] };

// Beside the schemas, as a library's own registry of descriptions is: a schema of any library can carry a tag without being changed.
const tags = new WeakMap<object, Tag>();

/** Tags everything that this schema describes as personal, and gives the schema back. Inside zod objects it is found wherever it stands. */
export function pii<Schema extends StandardSchemaV1>(schema: Schema): Schema {
  tags.set(schema, { whole: true, paths: [] });
  return schema;
}

/**
 * Tags parts of a body by name, for libraries whose schemas cannot be looked into: `pii.paths(schema, ['email', 'items.*.card'])`. `*` is every
 * item of an array or value of an object. Everything else in such a body may be shown.
 */
pii.paths = <Schema extends StandardSchemaV1>(schema: Schema, paths: readonly string[]): Schema => {
  tags.set(schema, { whole: false, paths: paths.map((path) => path.split('.')) });
  return schema;
};

/** Whether anything that the schema describes is tagged. */
export function hasPersonalData(schema: StandardSchemaV1, seen: Set<unknown> = new Set()): boolean {
  if (tags.has(schema)) return true;
  if (seen.has(schema)) return false;
  seen.add(schema);
  const children = childrenOf(schema);
  if (children === undefined) return false;
  const inside = [...Object.values(children.properties ?? {}), ...(children.items ?? []), ...(children.same ?? [])];
  return inside.some((child) => hasPersonalData(child, seen));
}

/** A copy to be shown: without what is tagged, and without what the schema does not know. */
export function redact(value: unknown, schema: StandardSchemaV1): unknown {
  const tag = tags.get(schema);
  if (tag?.whole === true) return HIDDEN;
  if (tag !== undefined) return tag.paths.reduce((shown, path) => hideAt(shown, path), value);
  const children = childrenOf(schema);
  if (children === undefined) return HIDDEN;
  if (children.leaf === true) return typeof value === 'object' && value !== null ? HIDDEN : value;
  if (children.same !== undefined) return redactBySome(value, children.same);
  if (Array.isArray(value)) return value.map((item, index) => redactItem(item, children.items?.[index] ?? children.items?.at(-1)));
  if (typeof value !== 'object' || value === null) return value === undefined || value === null ? value : HIDDEN;
  const { properties, items } = children;
  const entries = Object.entries(value).filter(([name]) => properties === undefined || Object.hasOwn(properties, name));
  // The names in a record are values too.
  if (properties === undefined) return entries.map(([, part]) => redactItem(part, items?.at(-1)));
  return Object.fromEntries(entries.map(([name, part]) => [name, redactItem(part, properties[name])]));
}

const redactItem = (item: unknown, schema: StandardSchemaV1 | undefined): unknown => (schema === undefined ? HIDDEN : redact(item, schema));

/** Of a choice of schemas any may be the one that fits: what one hides is hidden. */
function redactBySome(value: unknown, schemas: readonly StandardSchemaV1[]): unknown {
  const isPersonal = schemas.some((schema) => hasPersonalData(schema));
  const fitting = schemas.filter((schema) => {
    const result = schema['~standard'].validate(value);
    return !(result instanceof Promise) && result.issues === undefined;
  });
  const [only, another] = fitting.length === 0 ? schemas : fitting;
  return only === undefined || (another !== undefined && isPersonal) ? HIDDEN : redact(value, only);
}

function hideAt(value: unknown, [name, ...rest]: readonly string[]): unknown {
  if (name === undefined) return HIDDEN;
  if (Array.isArray(value)) return value.map((item, index) => (name === '*' || name === String(index) ? hideAt(item, rest) : item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, name === '*' || name === key ? hideAt(part, rest) : part]));
}
