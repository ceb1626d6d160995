import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { EVENT_CATALOGUE } from './catalogue.ts';
import { webhookTest } from './webhook-test.ts';

describe('the event catalogue', () => {
  it('has exactly the events of the contract', () => {
    const promised = [
      'customer.created',
      'inventory.low',
      'order.cancelled',
      'order.created',
      'order.updated',
      'payment.failed',
      'payment.received',
    ];
    expect([...EVENT_CATALOGUE.keys()].sort()).toEqual(promised);
  });

  it('leaves out the test event, which no domain produces', () => {
    expect(EVENT_CATALOGUE.has(webhookTest.name)).toBe(false);
  });

  it('declares as money only whole numbers of a payload that names its currency', () => {
    for (const { name, money, payload } of EVENT_CATALOGUE.values()) {
      const schema = z.toJSONSchema(payload);
      for (const path of money) expect([name, path, fieldOf(schema, path)]).toEqual([name, path, 'integer']);
      if (money.length > 0) expect([name, fieldOf(schema, 'currency')]).toEqual([name, 'string']);
    }
  });

  it('names in every other declaration only fields that the payload has', () => {
    for (const { name, payload, ...event } of EVENT_CATALOGUE.values()) {
      const { subjectId = 'id', v2Names = {}, previous = {} } = event;
      const named = [subjectId, ...Object.keys(v2Names), ...Object.entries(previous).flat()];
      const missing = named.filter((path) => fieldOf(z.toJSONSchema(payload), path) === undefined);
      expect([name, missing]).toEqual([name, []]);
    }
  });

  it('refuses a payload with a field of the wrong kind', () => {
    for (const event of EVENT_CATALOGUE.values()) expect(event.payload.safeParse({ id: 1 }).success).toBe(false);
  });
});

/** The JSON type of the field at a dot path; lists are gone through. */
function fieldOf(schema: unknown, path: string): unknown {
  const [name, ...rest] = path.split('.');
  const { properties } = schema as { properties?: Record<string, { type?: unknown; items?: unknown }> };
  const field = name === undefined ? undefined : properties?.[name];
  return rest.length === 0 ? field?.type : fieldOf(field?.items ?? field ?? {}, rest.join('.'));
}
