// All that differs between the versions of the contract. The declarations are written in the words of version 1; version 2 is made of them
// (rest/restyle), so that a field, a filter or a route that is declared once is in both.
import { snakeCase } from '@portico/contracts/snake-case';
import { FLAT_ERROR, NESTED_ERROR } from '../rest/answer/error-forms.ts';
import type { Conventions } from '../rest/declare/version.ts';

export const V1: Conventions = {
  // createdAt
  name: (declared) => declared,
  // 29.99
  money: 'number',
  // page, perPage, or cursor, limit
  paging: 'page or cursor',
  graphNames: { 'page.number': 'page', 'page.size': 'perPage', postalCode: 'zip' },
  // {"error": {"code", "message", "details": {field: text}, …}}
  error: NESTED_ERROR,
};

export const V2: Conventions = {
  // created_at
  name: (declared, owner) => OWN_NAMES_OF_V2.get(`${owner}.${declared}`) ?? snakeCase(declared),
  // "29.99"
  money: 'text',
  // cursor, limit
  paging: 'cursor',
  graphNames: { 'page.size': 'limit' },
  // {"error_code", "message", "details": [{"field", "error"}], …}
  error: FLAT_ERROR,
};

const WEBHOOK = { id: 'webhook_id' };
const DELIVERY = { id: 'delivery_id', event: 'event_type' };

/** Names of version 2 by resource, where they are not those of version 1 in snake_case: an id says whose it is, as in the bodies of webhooks. */
export const OWN_NAMES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Address: { zip: 'postal_code' },
  Customer: { id: 'customer_id' },
  Event: { id: 'event_id', event: 'event_type' },
  InventoryItem: { id: 'inventory_item_id' },
  Order: { id: 'order_id', total: 'total_amount', totalMin: 'total_amount_min', totalMax: 'total_amount_max' },
  OrderItem: { id: 'line_id', price: 'unit_price', total: 'total_amount' },
  Payment: { id: 'payment_id' },
  Product: { id: 'product_id' },
  Reservation: { id: 'reservation_id' },
  Webhook: WEBHOOK,
  WebhookWithSecret: WEBHOOK,
  WebhookAttempt: { id: 'attempt_id' },
  WebhookDelivery: DELIVERY,
  WebhookDeliveryWithAttempts: DELIVERY,
  WebhookReplay: { id: 'replay_id' },
  WebhookTest: { id: 'event_id' },
};

const OWN_NAMES_OF_V2 = new Map(
  Object.entries(OWN_NAMES).flatMap(([owner, names]) => Object.entries(names).map(([declared, name]) => [`${owner}.${declared}`, name])),
);
