import type { BusEvent } from '@portico/service-kit/bus/event-bus';
import type { Received } from '@portico/webhook-relay/testing/start-sink';
import { eventIdOf } from '../sink.ts';

/**
 * Events that an endpoint got, for the first time or once more, after a later one of their aggregate; `events` in the order of their commit. While
 * one is to be sent again, the later ones wait.
 */
export function outOfOrder(received: readonly Received[], events: readonly BusEvent[]): string[] {
  const known = new Map(events.map(({ id, aggregateId }, place) => [id, { aggregateId, place }]));
  const latest = new Map<string, number>();
  return received.map(eventIdOf).filter((id) => {
    const event = known.get(id);
    if (event === undefined) return true;
    const reached = latest.get(event.aggregateId) ?? -1;
    latest.set(event.aggregateId, Math.max(reached, event.place));
    return event.place < reached;
  });
}
