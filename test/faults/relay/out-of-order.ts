import type { BusEvent } from '@portico/service-kit/bus/event-bus';
import type { Received } from '@portico/webhook-relay/testing/start-sink';
import { eventIdOf } from '../sink.ts';

/** Events that an endpoint got for the first time before an earlier one of their aggregate; `events` in the order of their commit. */
export function outOfOrder(received: readonly Received[], events: readonly BusEvent[]): string[] {
  const places = new Map([...new Set(received.map(eventIdOf))].map((id, place) => [id, place]));
  return [...Map.groupBy(events, ({ aggregateId }) => aggregateId).values()].flatMap((line) =>
    line.slice(1).flatMap(({ id }, i) => ((places.get(id) ?? 0) < (places.get(line[i]?.id ?? '') ?? 0) ? [id] : [])),
  );
}
