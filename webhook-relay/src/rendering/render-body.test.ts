import { bodySchema } from '@portico/contracts/events/body-schema';
import { API_VERSIONS, WEBHOOK_EVENTS } from '@portico/contracts/events/event-shape';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { renderBody } from './render-body.ts';

const occurredAt = '2026-03-01T12:00:00.000Z';
const order = {
  id: 'order_1',
  customerId: 'cust_1',
  status: 'confirmed',
  total: 5998,
  currency: 'USD',
  items: [{ productId: 'prod_1', sku: 'A', quantity: 2, unitPrice: 2999 }],
  createdAt: occurredAt,
  updatedAt: occurredAt,
};
const moved = { ...order, previousStatus: 'pending', currentStatus: 'confirmed' };
const render = (type: string, payload: unknown, version: '1' | '2') =>
  JSON.parse(renderBody({ id: 'evt_1', type, occurredAt, payload }, version).toString());

describe('the body of version 1', () => {
  it('is camelCase with money as decimal numbers', () => {
    expect(render('order.updated', moved, '1')).toEqual({
      id: 'evt_1',
      event: 'order.updated',
      apiVersion: '1',
      timestamp: occurredAt,
      data: { ...moved, total: 59.98, items: [{ productId: 'prod_1', sku: 'A', quantity: 2, unitPrice: 29.99 }] },
    });
  });
});

describe('the body of version 2', () => {
  it('is what the specification prints: snake_case, money as decimal text, what changed', () => {
    expect(render('order.updated', moved, '2')).toEqual({
      event_id: 'evt_1',
      event_type: 'order.updated',
      timestamp: occurredAt,
      data: {
        object_type: 'order',
        object_id: 'order_1',
        changes: { status: { previous: 'pending', current: 'confirmed' } },
        object: {
          order_id: 'order_1',
          customer_id: 'cust_1',
          status: 'confirmed',
          total_amount: '59.98',
          currency: 'USD',
          items: [{ product_id: 'prod_1', sku: 'A', quantity: 2, unit_price: '29.99' }],
          created_at: occurredAt,
          updated_at: occurredAt,
          previous_status: 'pending',
          current_status: 'confirmed',
        },
      },
    });
  });

  it('lists no change where only something changed that events do not carry, and has no changes for other events', () => {
    expect(render('order.updated', { ...moved, previousStatus: 'confirmed' }, '2').data.changes).toEqual({});
    expect(render('order.created', order, '2').data).not.toHaveProperty('changes');
  });

  it('names the object by its own id, also where that is not "id"', () => {
    const { data } = render('webhook.test', { challenge: 'c', endpointId: 'wh_1' }, '2');
    expect(data).toEqual({ object_type: 'webhook', object_id: 'wh_1', object: { challenge: 'c', endpoint_id: 'wh_1' } });
  });
});

describe('every body', () => {
  it.each(['JPY', 'KWD'])('shows money with the digits of %s', (currency) => {
    const shown = { JPY: [5998, '5998'], KWD: [5.998, '5.998'] }[currency];
    const of = (version: '1' | '2') => render('order.created', { ...order, currency }, version).data;
    expect([of('1').total, of('2').object.total_amount]).toEqual(shown);
  });

  it('has the same bytes whenever it is rendered, whatever the order of the payload’s fields', () => {
    const turned = Object.fromEntries(Object.entries(moved).reverse());
    for (const version of API_VERSIONS) {
      const of = (payload: unknown) => renderBody({ id: 'evt_1', type: 'order.updated', occurredAt, payload }, version);
      expect(of(turned).equals(of(moved))).toBe(true);
    }
  });

  it('shows no field that its schema does not have', () => {
    const payload = { ...order, email: 'a@b.example', items: [{ ...order.items[0], cost: 1 }] };
    for (const version of API_VERSIONS) {
      expect(renderBody({ id: 'evt_1', type: 'order.created', occurredAt, payload }, version).toString()).not.toMatch(/email|cost/);
    }
  });

  it('is refused for an event type that does not exist', () => {
    expect(() => render('order.lost', order, '1')).toThrow('no event type "order.lost"');
    expect(() => bodySchema('__proto__', '1')).toThrow('no event type');
  });
});

describe('the JSON schema of a body', () => {
  const cases = [...WEBHOOK_EVENTS.values()].flatMap((event) => API_VERSIONS.map((version) => ({ event, name: event.name, version })));

  it.each(cases)('$name, version $version, accepts what is rendered', ({ event, version }) => {
    const schema = z.fromJSONSchema(bodySchema(event.name, version));
    expect(schema.safeParse(render(event.name, event.example, version)).error).toBeUndefined();
  });

  it.each(cases)('$name, version $version, refuses a body that lacks any of its fields', ({ event, version }) => {
    const schema = z.fromJSONSchema(bodySchema(event.name, version));
    const body = render(event.name, event.example, version);
    const paths = pathsOf(body).filter((path) => !path.startsWith('data.changes.'));
    expect(paths.length).toBeGreaterThan(5);
    expect(paths.filter((path) => schema.safeParse(without(body, path)).success)).toEqual([]);
  });

  it('of one version refuses the other’s body', () => {
    const schema = z.fromJSONSchema(bodySchema('order.created', '2'));
    expect(schema.safeParse(render('order.created', order, '1')).success).toBe(false);
  });
});

function pathsOf(value: unknown, prefix = ''): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value)
    .flatMap(([name, of]) => [`${prefix}${name}`, ...pathsOf(of, `${prefix}${name}.`)])
    .filter((path) => !/\.\d+$/.test(path));
}

function without(body: unknown, path: string): unknown {
  const copy = structuredClone(body);
  const names = path.split('.');
  const last = names.pop() ?? '';
  const holder = names.reduce<unknown>(
    (value, name) => (typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined),
    copy,
  );
  if (typeof holder === 'object' && holder !== null) Reflect.deleteProperty(holder, last);
  return copy;
}
