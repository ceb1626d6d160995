// Every event the platform produces. What is not listed here cannot be written to an outbox.
import { customerCreated } from './customers.ts';
import type { EventType } from './event-type.ts';
import { inventoryLow } from './inventory.ts';
import { orderCancelled, orderCreated, orderUpdated } from './orders.ts';
import { paymentFailed, paymentReceived } from './payments.ts';

export const EVENT_CATALOGUE: ReadonlyMap<string, EventType> = new Map(
  [orderCreated, orderUpdated, orderCancelled, paymentReceived, paymentFailed, inventoryLow, customerCreated].map((event) => [
    event.name,
    event as EventType,
  ]),
);
