import type { z } from 'zod';

/**
 * One kind of event: its name on the wire, the version of its payload, and the schema every payload is checked against
 * before it is written to an outbox. A payload changes compatibly or its version goes up.
 */
export type EventType<Payload = unknown> = {
  readonly name: string;
  readonly version: number;
  readonly summary: string;
  /** What kind of object the payload shows, in snake_case. */
  readonly subject: string;
  /** The field that holds the object's id; without it `id`. */
  readonly subjectId?: string;
  /** Fields that version 2 of the API calls otherwise than by their name in snake_case. */
  readonly v2Names?: Readonly<Record<string, string>>;
  /** Fields in minor units of the payload's `currency`, as dot paths; a path goes through lists (`items.unitPrice`). */
  readonly money: readonly string[];
  /** Fields that a change may move: each with the field that keeps the value from before. */
  readonly previous?: Readonly<Record<string, string>>;
  readonly payload: z.ZodType<Payload>;
  /** A payload as it could be, for the documentation. */
  readonly example: Payload;
};

export function defineEvent<Payload>(event: EventType<Payload>): EventType<Payload> {
  return event;
}
