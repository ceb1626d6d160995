import { openDatabase } from '@portico/service-kit/database/orm';
import { allTenants } from '@portico/service-kit/sql/tenancy-gate';
import { createTestDatabase } from '@portico/service-kit/testing';
import { expect, it } from 'vitest';
import { migrations } from '../../migrations/index.ts';
import { Delivery } from '../delivery.entity.ts';
import { startSink } from '../testing/start-sink.ts';
import { insertEndpoint, startTestRelay, TENANT } from '../testing/start-test-relay.ts';

/** The last one of the release in which every delivery was a row before it was attempted. */
const LAST = '0007-index-writes';
const ADD = `${allTenants('a test')}insert into webhooks.delivery (id, account_id, mode, event_id, endpoint_id, event_type, aggregate_id, status, next_attempt_at, created_at)
  select id, account_id, mode, id, $1, type, aggregate_id, 'pending', now(), now() from new_event`;
const EVENT = `insert into webhooks.event (id, account_id, mode, type, payload_version, aggregate_id, payload, request_id, occurred_at, received_at)
  select 'evt_' || n, $2, $3, 'customer.created', 1, 'cust_1', '{"id":"cust_1","status":"active","createdAt":"2026-03-01T10:00:00.000Z"}', 'req_1', now(), now()
  from generate_series(1, 2) n returning *`;

it('goes on with what the release before left: what waits, in its order, and what it had taken', async () => {
  await using database = await createTestDatabase();
  await using sink = await startSink();
  {
    const names = Object.keys(migrations);
    const before = Object.fromEntries(Object.entries(migrations).slice(0, names.indexOf(LAST) + 1));
    await using old = await openDatabase({
      program: 'test',
      databaseUrl: database.url,
      schema: 'webhooks',
      entities: [Delivery],
      migrations: before,
      tenantTables: [],
      poolMax: 2,
    });
    const endpointId = await insertEndpoint(old.run, sink.urlOf('one'));
    await old.run(`with new_event as (${EVENT}) ${ADD}`, [endpointId, TENANT.accountId, TENANT.mode]);
    // Its process was killed with the first of them in its hands.
    await old.run(
      `insert into webhooks.lease (endpoint_id, delivery_id, lease, leased_until) values ($1, 'evt_1', gen_random_uuid(), now() - interval '1 second')`,
      [endpointId],
    );
  }
  await using relay = await startTestRelay({ databaseUrl: database.url });
  await relay.deliver();
  expect(sink.received.map(({ headers }) => headers['webhook-id'])).toEqual(['evt_1', 'evt_2']);
  expect(await relay.sql('select status, attempts from webhooks.delivery', [])).toEqual([
    { status: 'succeeded', attempts: 1 },
    { status: 'succeeded', attempts: 1 },
  ]);
});
