// An endpoint's filter: which events of its types it wants. Dot paths of the payload, each with the values that are let through; all paths must fit.
import { type Shape, shapeOf } from '@portico/contracts/events/event-shape';

/** Dot path of a payload's field → values of which it must have one. */
export type EventFilter = Readonly<Record<string, readonly FilterValue[]>>;
type FilterValue = string | number | boolean;

const MAX_PATHS = 10;
const MAX_VALUES = 100;
const MAX_VALUE_LENGTH = 256;

/** Whether an event is wanted. A path through a list fits when any of its items does: `items.sku`. */
export function matches(filter: EventFilter, payload: unknown): boolean {
  return Object.entries(filter).every(([path, allowed]) => anyAt(payload, path.split('.'), 0, allowed));
}

function anyAt(value: unknown, path: readonly string[], depth: number, allowed: readonly FilterValue[]): boolean {
  if (Array.isArray(value)) return value.some((item) => anyAt(item, path, depth, allowed));
  const name = path[depth];
  if (name === undefined) return allowed.some((one) => one === value);
  return (
    typeof value === 'object' && value !== null && Object.hasOwn(value, name) && anyAt(Reflect.get(value, name), path, depth + 1, allowed)
  );
}

/**
 * What is wrong with a filter for these event types: a text per path, as `filter.customerId`. Empty when it can be used. A path must exist in every one
 * of the types, for an event without it would never be sent.
 */
export function filterProblems(filter: unknown, eventTypes: readonly string[]): Readonly<Record<string, string>> {
  if (typeof filter !== 'object' || filter === null || Array.isArray(filter))
    return { filter: 'Must be an object of paths and lists of values.' };
  const entries = Object.entries(filter);
  if (entries.length > MAX_PATHS) return { filter: `Must not have more than ${MAX_PATHS} paths.` };
  return Object.fromEntries(
    entries.flatMap(([path, values]) => {
      const problem = pathProblem(path, values, eventTypes);
      return problem === undefined ? [] : [[`filter.${path.slice(0, 64)}`, problem]];
    }),
  );
}

function pathProblem(path: string, values: unknown, eventTypes: readonly string[]): string | undefined {
  if (!Array.isArray(values) || values.length === 0 || values.length > MAX_VALUES) return `Must be a list of 1 to ${MAX_VALUES} values.`;
  for (const eventType of eventTypes) {
    const { shape } = shapeOf(eventType);
    const leaf = shapeAt(shape, path.split('.'));
    if (leaf === undefined) return `${eventType} has no such field. It can be filtered by ${pathsOf(shape).join(', ')}.`;
    if (leaf.kind === 'money') return 'Events cannot be filtered by an amount of money.';
    if (leaf.kind !== 'plain') return 'Must name a single field, not an object.';
    const wanted = jsonType(leaf);
    if (!values.every((value) => fits(value, wanted)))
      return `Must list values of the type ${wanted}, of at most ${MAX_VALUE_LENGTH} characters.`;
  }
  return undefined;
}

function shapeAt(shape: Shape, [name, ...rest]: readonly string[]): Shape | undefined {
  if (shape.kind === 'list') return name === undefined ? shapeAt(shape.item, []) : shapeAt(shape.item, [name, ...rest]);
  if (name === undefined) return shape;
  const field = shape.kind === 'object' ? shape.fields.find((one) => one.name === name) : undefined;
  return field === undefined ? undefined : shapeAt(field.shape, rest);
}

/** The paths that a filter may name. */
function pathsOf(shape: Shape, prefix = ''): string[] {
  if (shape.kind === 'list') return pathsOf(shape.item, prefix);
  if (shape.kind === 'object')
    return shape.fields.flatMap(({ name, shape: of }) => pathsOf(of, prefix === '' ? name : `${prefix}.${name}`));
  return shape.kind === 'plain' ? [prefix] : [];
}

function jsonType({ schema }: Shape): string {
  return typeof schema.type === 'string' ? schema.type : 'string';
}

function fits(value: unknown, type: string): boolean {
  if (type === 'string') return typeof value === 'string' && value.length <= MAX_VALUE_LENGTH;
  if (type === 'integer') return Number.isSafeInteger(value);
  return typeof value === type;
}
