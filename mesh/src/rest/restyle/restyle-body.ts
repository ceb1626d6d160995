// The schema of a body as a version says it. What it parses to is what the declared schema parses to, so a declaration makes its variables of
// either; its errors name fields as the request did.
import { z } from 'zod';
import { isAmount } from '../declare/amount.ts';
import type { Resource } from '../declare/resource.ts';
import type { Conventions } from '../declare/version.ts';
import { sayInText } from './restyle-resource.ts';

export type RestyledBody = {
  readonly schema: z.ZodType;
  /** A body of the declared schema, as one of this. */
  write(declared: unknown): unknown;
};

/** Fifteen digits: what a double keeps of any decimal. */
const AMOUNT = /^\d{1,12}(\.\d{1,3})?$/;
const NO_AMOUNT = 'It must be an amount as a text ("29.99").';

/** `owner`: the resource that the body is of. A part of the body belongs to the resource of the field with its name. */
export function restyleBody(declared: z.ZodType, conventions: Conventions, owner: Resource | undefined): RestyledBody {
  const inner = (part: unknown, of: Resource | undefined): RestyledBody => restyleBody(part as z.ZodType, conventions, of);

  if (declared instanceof z.ZodObject) return restyleObject(declared, conventions, owner);
  if (declared instanceof z.ZodOptional || declared instanceof z.ZodNullable) {
    const { schema, write } = inner(declared.def.innerType, owner);
    return {
      schema: cloned(declared, { innerType: schema }, conventions),
      write: (value) => (value === null || value === undefined ? value : write(value)),
    };
  }
  if (declared instanceof z.ZodArray) {
    const { schema, write } = inner(declared.def.element, owner);
    return { schema: cloned(declared, { element: schema }, conventions), write: (value) => (value as unknown[]).map(write) };
  }
  if (conventions.money === 'text' && isAmount(declared)) {
    const { description } = declared.meta() ?? {};
    const text = z.string().regex(AMOUNT, NO_AMOUNT);
    const schema = (description === undefined ? text : text.describe(description)).transform(Number).pipe(declared);
    return { schema, write: (value) => (value as number).toFixed(2) };
  }
  return { schema: declared.meta() === undefined ? declared : cloned(declared, {}, conventions), write: (value) => value };
}

function restyleObject(declared: z.ZodObject, conventions: Conventions, owner: Resource | undefined): RestyledBody {
  const parts = Object.entries(declared.shape).map(([name, part]) => {
    const field = owner?.fields.get(name);
    const body = restyleBody(part as z.ZodType, conventions, field?.kind === 'object' ? field.resource() : undefined);
    return { declared: name, said: conventions.name(name, owner?.name), body };
  });
  const schema = cloned(declared, { shape: Object.fromEntries(parts.map(({ said, body }) => [said, body.schema])) }, conventions);
  return {
    schema: schema.transform((value) => {
      const given = value as Readonly<Record<string, unknown>>;
      return Object.fromEntries(parts.flatMap(({ declared: name, said }) => (said in given ? [[name, given[said]]] : [])));
    }),
    write(value) {
      const given = value as Readonly<Record<string, unknown>>;
      return Object.fromEntries(
        parts.flatMap(({ declared: name, said, body }) => (name in given ? [[said, body.write(given[name])]] : [])),
      );
    },
  };
}

/** The same but for its parts: checks stay, and what is said of it names things as the version does. */
function cloned(declared: z.ZodType, parts: object, { name }: Conventions): z.ZodType {
  const copy = declared.clone({ ...declared.def, ...parts } as never);
  const meta = declared.meta();
  if (meta === undefined) return copy;
  return copy.meta({ ...meta, ...(meta.description === undefined ? {} : { description: sayInText(meta.description, name) }) });
}
