import { onStatement } from '@portico/service-kit/sql/statement-log';
import { expect, it } from 'vitest';
import { startSink } from '../testing/start-sink.ts';
import { startTestRelay, testEvent } from '../testing/start-test-relay.ts';

it('delivers an event once to each endpoint that takes its type and lets it through its filter', async () => {
  await using relay = await startTestRelay();
  await using sink = await startSink();
  const one = testEvent();
  await relay.endpoint(sink.urlOf('all'));
  await relay.endpoint(sink.urlOf('type'), { events: ['customer.created'] });
  await relay.endpoint(sink.urlOf('other-type'), { events: ['order.created'] });
  await relay.endpoint(sink.urlOf('filter'), { filter: JSON.stringify({ id: [one.aggregateId] }) });
  await relay.endpoint(sink.urlOf('unverified'), { status: 'disabled', disabled_reason: 'unverified' });
  await relay.endpoint(sink.urlOf('live'), { mode: 'live' });
  await relay.endpoint(sink.urlOf('other-account'), { account_id: 'acct_other' });
  await relay.publish(one, testEvent());
  await relay.publish(one);
  await relay.deliver();
  const counts = ['all', 'type', 'other-type', 'filter', 'unverified', 'live', 'other-account'].map((name) => sink.of(name).length);
  expect(counts).toEqual([2, 2, 0, 1, 0, 0, 0]);
});

it('delivers an event once that is in one batch twice', async () => {
  await using relay = await startTestRelay();
  await using sink = await startSink();
  await relay.endpoint(sink.urlOf('one'));
  const event = testEvent();
  await relay.publish(event, testEvent(), { ...event, republished: 1 });
  await relay.deliver();
  expect(sink.received.filter(({ headers }) => headers['webhook-id'] === event.id).length).toBe(1);
  expect(await relay.sql('select status, attempts from webhooks.delivery', [])).toEqual([
    { status: 'succeeded', attempts: 1 },
    { status: 'succeeded', attempts: 1 },
  ]);
});

it('gives an event that comes again to no endpoint that was added meanwhile', async () => {
  await using relay = await startTestRelay();
  await using sink = await startSink();
  const event = testEvent();
  await relay.publish(event);
  await relay.endpoint(sink.urlOf('late'));
  await relay.publish(event);
  await relay.deliver();
  expect(sink.received).toEqual([]);
});

it('sends one body to all endpoints of an API version, signed for each', async () => {
  await using relay = await startTestRelay();
  await using sink = await startSink();
  await relay.endpoint(sink.urlOf('one'));
  await relay.endpoint(sink.urlOf('two'));
  await relay.endpoint(sink.urlOf('second-version'), { api_version: '2' });
  const event = testEvent();
  await relay.publish(event);
  await relay.deliver();
  expect(JSON.parse(sink.of('one')[0]?.body ?? '')).toMatchObject({ id: event.id, event: 'customer.created', apiVersion: '1' });
  expect(sink.of('two')[0]?.body).toBe(sink.of('one')[0]?.body);
  expect(JSON.parse(sink.of('second-version')[0]?.body ?? '')).toMatchObject({ event_id: event.id, event_type: 'customer.created' });
});

it('asks once who takes what, and again as soon as that has changed in any way', async () => {
  await using relay = await startTestRelay();
  await using sink = await startSink();
  const sent: string[] = [];
  using _ = onStatement(({ text }) => void (text.includes('events of any tenant') && sent.push(text)));
  const publish = async (): Promise<{ statements: number; takers: readonly unknown[] }> => {
    const event = testEvent();
    sent.length = 0;
    await relay.publish(event);
    const statements = sent.length;
    const takers = await relay.sql(
      // In somebody's hands, or a row already.
      `select p.url from (select endpoint_id from webhooks.delivery where event_id = $1
         union select endpoint_id from webhooks.lease where event_id = $1) d join webhooks.endpoint p on p.id = d.endpoint_id order by p.url`,
      [event.id],
    );
    return { statements, takers: takers.map(({ url }) => new URL(String(url)).pathname) };
  };
  expect(await publish()).toEqual({ statements: 2, takers: [] });
  const one = await relay.endpoint(sink.urlOf('one'));
  expect(await publish()).toEqual({ statements: 3, takers: ['/one'] });
  expect(await publish()).toEqual({ statements: 1, takers: ['/one'] });
  const two = await relay.endpoint(sink.urlOf('two'), { status: 'disabled', disabled_reason: 'unverified' });
  expect(await publish()).toEqual({ statements: 1, takers: ['/one'] });
  await relay.sql(`update webhooks.endpoint set status = 'active', disabled_reason = null where id = $1`, [two]);
  expect(await publish()).toEqual({ statements: 3, takers: ['/one', '/two'] });
  await relay.sql(`update webhooks.endpoint set events = '{order.created}' where id = $1`, [one]);
  expect(await publish()).toEqual({ statements: 3, takers: ['/two'] });
  await relay.sql(`update webhooks.endpoint set filter = '{"id": ["nobody"]}' where id = $1`, [two]);
  expect(await publish()).toEqual({ statements: 3, takers: [] });
  await relay.sql(`update webhooks.endpoint set events = '{*}' where id = $1`, [one]);
  await relay.sql(`delete from webhooks.endpoint where id = $1`, [two]);
  expect(await publish()).toEqual({ statements: 3, takers: ['/one'] });
  // What says nothing about who takes what changes nothing here.
  await relay.sql(`update webhooks.endpoint set last_succeeded_at = now(), version = version + 1 where id = $1`, [one]);
  expect(await publish()).toEqual({ statements: 1, takers: ['/one'] });
});
