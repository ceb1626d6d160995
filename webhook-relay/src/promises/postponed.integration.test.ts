import { newId } from '@portico/contracts/ids';
import { describe, expect, it } from 'vitest';
import { startSink } from '../testing/start-sink.ts';
import { startTestRelay, testEvent } from '../testing/start-test-relay.ts';

const MINUTE_MS = 60_000;

describe('what cannot be attempted', () => {
  it('an event that only a later release knows waits for that, and keeps nothing else back', async () => {
    let now = Date.now();
    await using relay = await startTestRelay({ now: () => new Date(now) });
    await using sink = await startSink();
    await relay.endpoint(sink.urlOf('one'));
    const [later, known] = [testEvent({ type: 'order.shipped' }), testEvent()];
    await relay.publish(later, known);
    await relay.deliver();
    expect(sink.received.map(({ headers }) => headers['webhook-id'])).toEqual([known.id]);
    const waiting = `select attempts, attempts_total, status from webhooks.delivery where event_id = $1`;
    expect(await relay.sql(waiting, [later.id])).toEqual([{ attempts: 0, attempts_total: 0, status: 'pending' }]);
    // The release that knows it: here the event becomes one that is known.
    await relay.sql(`update webhooks.event set type = 'customer.created' where id = $1`, [later.id]);
    now += MINUTE_MS;
    await relay.deliver();
    expect(sink.received.map(({ headers }) => headers['webhook-id'])).toEqual([known.id, later.id]);
  });

  it('an endpoint whose secret no key opens waits for that key, and keeps no other endpoint back', async () => {
    let now = Date.now();
    await using relay = await startTestRelay({ now: () => new Date(now) });
    await using sink = await startSink();
    const [sealed, healthy] = [await relay.endpoint(sink.urlOf('sealed')), await relay.endpoint(sink.urlOf('healthy'))];
    const [before] = await relay.sql('select secret_sealed from webhooks.endpoint where id = $1', [sealed]);
    await relay.sql(`update webhooks.endpoint set secret_sealed = $2, version = version + 1 where id = $1`, [sealed, newId('request')]);
    await relay.publish(testEvent());
    await relay.deliver();
    expect(sink.received.map(({ path }) => path)).toEqual(['/healthy']);
    expect(healthy).not.toBe(sealed);
    // The key is back; nobody has changed the endpoint, so its version stays.
    await relay.sql(`update webhooks.endpoint set secret_sealed = $2 where id = $1`, [sealed, before?.secret_sealed]);
    now += MINUTE_MS;
    await relay.deliver();
    expect(sink.received.map(({ path }) => path)).toEqual(['/healthy', '/sealed']);
  });
});
