import { dateTime, id, json, oneOf } from '../../rest/declare/fields.ts';
import { defineResource } from '../../rest/declare/resource.ts';
import { EXAMPLE } from '../v1/examples.ts';
import { EVENT_NAMES } from '../v1/webhooks/webhook.ts';

/** Field for field the body that a webhook of version 2 gets. */
export const event = defineResource(
  'Event',
  {
    event_id: id('event', { graph: 'id', example: EXAMPLE.eventId }),
    event_type: oneOf(EVENT_NAMES, { graph: 'type', example: 'order.created' }),
    timestamp: dateTime({ graph: 'occurredAt', description: 'When it happened.' }),
    data: json(
      { type: 'object' },
      {
        given: '(apiVersion: "2")',
        example: {
          object_type: 'order',
          object_id: EXAMPLE.orderId,
          object: { order_id: EXAMPLE.orderId, status: 'pending', total_amount: '59.98', currency: 'USD' },
        },
      },
    ),
  },
  { versioned: false },
);
