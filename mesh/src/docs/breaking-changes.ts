// What a client of one OpenAPI document would miss in the next: within a version the contract changes only by addition. What is sent may be
// demanded less of, never more; what is answered may have more, never less.

type Json = { readonly [name: string]: unknown };
type Document = { readonly paths?: unknown; readonly components?: unknown };
/** Which way a schema's values go. */
type Side = 'sent' | 'answered';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
/** Upper and lower bounds: a smaller or a greater one refuses what was good. */
const UPPER = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems'];
const LOWER = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems'];
const MISSING = Symbol('missing');

/** One line for each change that is no addition. */
export function breakingChanges(before: Document, after: Document): readonly string[] {
  const comparison = new Comparison(before, after);
  const paths = record(after.paths);
  for (const [path, item] of Object.entries(record(before.paths))) {
    for (const method of METHODS) {
      const operation = record(item)[method];
      if (operation !== undefined) comparison.operation(`${method.toUpperCase()} ${path}`, record(operation), record(paths[path])[method]);
    }
  }
  return comparison.broken;
}

class Comparison {
  readonly broken: string[] = [];
  readonly #before: Document;
  readonly #after: Document;
  /** Schemas refer to each other in circles. */
  readonly #compared = new Set<string>();

  constructor(before: Document, after: Document) {
    this.#before = before;
    this.#after = after;
  }

  operation(place: string, was: Json, now: unknown): void {
    if (now === undefined) {
      this.broken.push(`${place} is gone`);
      return;
    }
    const is = record(now);
    this.#parameters(place, was, is);
    const [bodyWas, bodyIs] = [record(was.requestBody), record(is.requestBody)];
    if (bodyIs.required === true && bodyWas.required !== true) this.broken.push(`${place}: a body is required`);
    this.#content(`${place} body`, 'sent', bodyWas, bodyIs);
    const answers = record(is.responses);
    for (const [status, answer] of Object.entries(record(was.responses))) {
      const [first, second] = [followed(record(answer), this.#before), followed(record(answers[status]), this.#after)];
      if (answers[status] === undefined) this.broken.push(`${place}: the answer ${status} is gone`);
      else this.#content(`${place} ${status}`, 'answered', first, second);
    }
  }

  #parameters(place: string, was: Json, is: Json): void {
    const [known, given] = [parametersOf(was, this.#before), parametersOf(is, this.#after)];
    for (const [key, { name, required, schema }] of known) {
      const now = given.get(key);
      if (now === undefined) this.broken.push(`${place}: the parameter ${name} is gone`);
      else {
        if (now.required === true && required !== true) this.broken.push(`${place}: the parameter ${name} is required`);
        this.#schema(`${place} ${name}`, 'sent', record(schema), record(now.schema));
      }
    }
    for (const [key, { name, required }] of given)
      if (required === true && !known.has(key)) this.broken.push(`${place}: the new parameter ${name} is required`);
  }

  #content(place: string, side: Side, was: Json, is: Json): void {
    for (const [type, media] of Object.entries(record(was.content))) {
      const now = record(is.content)[type];
      if (now === undefined) this.broken.push(`${place}: ${type} is gone`);
      else this.#schema(place, side, record(record(media).schema), record(record(now).schema));
    }
  }

  #schema(place: string, side: Side, before: Json, after: Json): void {
    const reference = `${side} ${String(before.$ref)} ${String(after.$ref)}`;
    if (before.$ref !== undefined && this.#compared.has(reference)) return;
    this.#compared.add(reference);
    const [was, is] = [followed(before, this.#before), followed(after, this.#after)];
    if (!fits(side, typesOf(was), typesOf(is))) this.broken.push(`${place}: ${JSON.stringify(was.type)} became ${JSON.stringify(is.type)}`);
    // An enumeration may grow in an answer: who reads it has to bear a word that he does not know.
    const isHeld = side === 'sent' || 'const' in was;
    if (isHeld && !fits(side, valuesOf(was), valuesOf(is))) this.broken.push(`${place}: other values are allowed`);
    if (side === 'sent') for (const name of narrowed(was, is)) this.broken.push(`${place}: ${name} is ${is[name]}`);
    this.#properties(place, side, was, is);
    if (was.items !== undefined) this.#schema(`${place}[]`, side, record(was.items), record(is.items));
    for (const union of ['anyOf', 'oneOf', 'allOf'])
      for (const [i, part] of list(was[union]).entries()) this.#schema(place, side, record(part), record(list(is[union])[i]));
  }

  #properties(place: string, side: Side, was: Json, is: Json): void {
    const properties = record(is.properties);
    for (const [name, schema] of Object.entries(record(was.properties))) {
      if (properties[name] === undefined) this.broken.push(`${place}: ${name} is gone`);
      else this.#schema(`${place} ${name}`, side, record(schema), record(properties[name]));
    }
    const [more, fewer] = side === 'sent' ? [is, was] : [was, is];
    const missing = list(more.required).filter((name) => !list(fewer.required).includes(name));
    for (const name of missing) {
      if (side === 'sent') this.broken.push(`${place}: ${name} is required`);
      else if (properties[String(name)] !== undefined) this.broken.push(`${place}: ${name} is not always there`);
    }
  }
}

/** Keywords that refuse what was good. */
function narrowed(was: Json, is: Json): string[] {
  return [
    ...UPPER.filter((name) => Number(is[name] ?? Number.POSITIVE_INFINITY) < Number(was[name] ?? Number.POSITIVE_INFINITY)),
    ...LOWER.filter((name) => Number(is[name] ?? Number.NEGATIVE_INFINITY) > Number(was[name] ?? Number.NEGATIVE_INFINITY)),
    ...['pattern', 'format'].filter((name) => is[name] !== undefined && is[name] !== was[name]),
  ];
}

/** Whether all that was sent may still be, or nothing is answered that was not. `MISSING` stands for anything. */
function fits(side: Side, was: readonly unknown[], is: readonly unknown[]): boolean {
  const [all, within] = side === 'sent' ? [was, is] : [is, was];
  return within.includes(MISSING) || all.every((one) => within.includes(one));
}

function typesOf({ type }: Json): readonly unknown[] {
  return type === undefined ? [MISSING] : [type].flat();
}

function valuesOf(schema: Json): readonly unknown[] {
  return 'const' in schema ? [schema.const] : Array.isArray(schema.enum) ? schema.enum : [MISSING];
}

function parametersOf(operation: Json, document: Document): ReadonlyMap<string, Json> {
  const parameters = list(operation.parameters).map((parameter) => followed(record(parameter), document));
  return new Map(parameters.map((one) => [`${one.in} ${one.name}`, one]));
}

function followed(value: Json, document: Document): Json {
  if (typeof value.$ref !== 'string') return value;
  return value.$ref
    .slice(2)
    .split('/')
    .reduce<Json>((at, name) => record(at[name]), document as Json);
}

function record(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
