import { type EventToShow, eventBody } from '@portico/contracts/events/event-body';
import type { ApiVersion } from '@portico/contracts/events/event-shape';

/** The same event always has the same bytes: every attempt and every replay sends what the first one did. Throws as `eventBody` does. */
export function renderBody(event: EventToShow, apiVersion: ApiVersion): Buffer {
  return Buffer.from(JSON.stringify(eventBody(event, apiVersion)), 'utf8');
}
