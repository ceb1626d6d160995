// The outbox: events are rows of the transaction that made them true. What delivers them reads the table; nothing is published from a request.
import { defineEntity, p } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Caller } from '@portico/contracts/caller';
import { EVENT_CATALOGUE } from '@portico/contracts/events/catalogue';
import type { EventType } from '@portico/contracts/events/event-type';
import { newId } from '@portico/contracts/ids';

export const OutboxEvent = defineEntity({
  name: 'OutboxEvent',
  tableName: 'outbox',
  properties: {
    id: p.string().columnType('text').primary(),
    accountId: p.string().columnType('text'),
    mode: p.string().columnType('text'),
    type: p.string().columnType('text'),
    payloadVersion: p.integer(),
    /** What the event is about: deliveries of one aggregate keep their order. */
    aggregateId: p.string().columnType('text'),
    payload: p.json<unknown>(),
    requestId: p.string().columnType('text'),
    traceparent: p.string().columnType('text').nullable(),
    occurredAt: p.datetime().length(3),
  },
});

/** Writes an event into the unit of work's transaction. Throws when the payload is not what the catalogue says: a defect of ours. */
export function emit<Payload>(
  em: EntityManager,
  event: EventType<Payload>,
  about: { caller: Caller; aggregateId: string; payload: Payload; at: Date },
): void {
  if (EVENT_CATALOGUE.get(event.name) === undefined) throw new Error(`The event ${event.name} is not in the catalogue.`);
  const { caller, aggregateId, payload, at } = about;
  em.persist(
    em.create(OutboxEvent, {
      id: newId('event'),
      accountId: caller.accountId,
      mode: caller.mode,
      type: event.name,
      payloadVersion: event.version,
      aggregateId,
      payload: event.payload.parse(payload),
      requestId: caller.requestId,
      traceparent: caller.traceparent ?? null,
      occurredAt: at,
    }),
  );
}

/**
 * DDL of the two tables that every subgraph's schema has beside its own: the outbox, and the data version.
 * `position` gives the publisher a stable order; the partial index keeps its polling cheap however long the table.
 */
export function mechanicsDdl(schema: string): string[] {
  return [
    `create table "${schema}".outbox (
      position bigint generated always as identity primary key,
      id text not null unique,
      account_id text not null,
      mode text not null,
      type text not null,
      payload_version int not null,
      aggregate_id text not null,
      payload jsonb not null,
      request_id text not null,
      traceparent text,
      occurred_at timestamptz(3) not null,
      published_at timestamptz(3)
    )`,
    `create index outbox_unpublished on "${schema}".outbox (position) where published_at is null`,
    `create table "${schema}".data_version (
      account_id text not null,
      mode text not null,
      slot smallint not null,
      version bigint not null,
      primary key (account_id, mode, slot)
    ) with (fillfactor = 50)`,
  ];
}
