// What an event's payload looks like in each version, compiled once from its schema: bodies, their JSON schemas and filters follow the same tree.

import { z } from 'zod';
import { snakeCase } from '../snake-case.ts';
import { EVENT_CATALOGUE } from './catalogue.ts';
import type { EventType } from './event-type.ts';
import { webhookTest } from './webhook-test.ts';

export const API_VERSIONS = ['1', '2'] as const;
export type ApiVersion = (typeof API_VERSIONS)[number];

export type JsonSchema = { readonly [key: string]: unknown };

export type Shape =
  | { readonly kind: 'object'; readonly fields: readonly Field[]; readonly schema: JsonSchema }
  | { readonly kind: 'list'; readonly item: Shape; readonly schema: JsonSchema }
  | { readonly kind: 'money'; readonly schema: JsonSchema }
  | { readonly kind: 'plain'; readonly schema: JsonSchema };
/** `names` by version. */
export type Field = {
  readonly name: string;
  readonly names: Readonly<Record<ApiVersion, string>>;
  readonly required: boolean;
  readonly shape: Shape;
};

/** The part of a JSON schema that a shape needs. */
const node = z.object({
  type: z.string().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  items: z.unknown().optional(),
});

/** Every event type a webhook can carry: what domains produce, and the test. */
export const WEBHOOK_EVENTS: ReadonlyMap<string, EventType> = new Map([...EVENT_CATALOGUE, [webhookTest.name, webhookTest as EventType]]);

const shapes: ReadonlyMap<string, Shape> = new Map([...WEBHOOK_EVENTS.values()].map((event) => [event.name, compileShape(event)]));

/** The event type of this name with its shape. Throws for a name that is none: what comes in was checked against the catalogue. */
export function shapeOf(eventType: string): { event: EventType; shape: Shape } {
  const [event, shape] = [WEBHOOK_EVENTS.get(eventType), shapes.get(eventType)];
  if (event === undefined || shape === undefined) throw new Error(`There is no event type ${JSON.stringify(eventType.slice(0, 64))}.`);
  return { event, shape };
}

function compileShape(event: EventType): Shape {
  return shapeAt('', z.toJSONSchema(event.payload), { money: new Set(event.money), v2Names: new Map(Object.entries(event.v2Names ?? {})) });
}

type Manners = { readonly money: ReadonlySet<string>; readonly v2Names: ReadonlyMap<string, string> };

function shapeAt(path: string, given: unknown, manners: Manners): Shape {
  const schema = z.record(z.string(), z.unknown()).parse(given);
  const { type, properties = {}, required = [], items } = node.parse(schema);
  if (manners.money.has(path)) return { kind: 'money', schema };
  if (type === 'array') return { kind: 'list', schema, item: shapeAt(path, items, manners) };
  if (type !== 'object') return { kind: 'plain', schema };
  const fields = Object.entries(properties).map(([name, of]) => {
    const fieldPath = path === '' ? name : `${path}.${name}`;
    return {
      name,
      names: { '1': name, '2': manners.v2Names.get(fieldPath) ?? snakeCase(name) },
      required: required.includes(name),
      shape: shapeAt(fieldPath, of, manners),
    };
  });
  return { kind: 'object', schema, fields };
}
