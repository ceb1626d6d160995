import type { z } from 'zod';

/**
 * One kind of event: its name on the wire, the version of its payload, and the schema every payload is checked against
 * before it is written to an outbox. A payload changes compatibly or its version goes up.
 */
export type EventType<Payload = unknown> = {
  readonly name: string;
  readonly version: number;
  readonly summary: string;
  readonly payload: z.ZodType<Payload>;
};

export function defineEvent<Payload>(event: EventType<Payload>): EventType<Payload> {
  return event;
}
