import { newId } from '@portico/contracts/ids';
import { askSubgraph, testCaller } from '@portico/service-kit/testing';
import { describe, expect, it } from 'vitest';
import { startSink } from '../testing/start-sink.ts';
import { startTestRelay, TENANT, type TestRelay, testEvent } from '../testing/start-test-relay.ts';

const SINCE = '2020-01-01T00:00:00.000Z';

async function startReplay(
  relay: TestRelay,
  endpointId: string,
  input: Readonly<Record<string, unknown>>,
): Promise<{ id: string; total: number }> {
  const source =
    'mutation ($endpointId: ID!, $input: StartWebhookReplayInput!) { startWebhookReplay(endpointId: $endpointId, input: $input) { id total } }';
  const caller = testCaller(['read', 'write'], { ...TENANT, requestId: newId('request') });
  const { startWebhookReplay } = await askSubgraph<{ startWebhookReplay: { id: string; total: number } }>(relay.relay, caller, source, {
    endpointId,
    input: { since: SINCE, ...input },
  });
  return startWebhookReplay;
}

async function jobOf(relay: TestRelay): Promise<unknown> {
  return (await relay.sql('select status, total, queued from webhooks.replay_job', []))[0];
}

describe('a bulk replay', () => {
  it('sends what is dead again, so many per second, and completes with the count it began with', async () => {
    let now = Date.now();
    await using relay = await startTestRelay({ now: () => new Date(now) });
    await using sink = await startSink();
    const id = await relay.endpoint(sink.urlOf('one'));
    await relay.publish(...Array.from({ length: 25 }, () => testEvent()));
    await relay.deliver();
    await relay.sql(`update webhooks.delivery set status = 'dead' where position <= 22`, []);
    now += 1_000;
    expect(await startReplay(relay, id, { what: 'failed', perSecond: 10 })).toMatchObject({ total: 22 });
    const counts: number[] = [];
    for (let second = 0; second < 4; second += 1) {
      // Asking again within the second moves nothing.
      await relay.relay.runTask('run-replays');
      await relay.relay.runTask('run-replays');
      await relay.deliver();
      counts.push(sink.received.length - 25);
      now += 1_000;
    }
    expect(counts).toEqual([10, 20, 22, 22]);
    expect(await jobOf(relay)).toEqual({ status: 'completed', total: 22, queued: 22 });
  });

  it('queues what was never queued, through the filter, and what was delivered only when all is asked for', async () => {
    const now = Date.now() + 60_000;
    await using relay = await startTestRelay({ now: () => new Date(now) });
    await using sink = await startSink();
    const wanted = testEvent();
    await relay.publish(wanted, testEvent(), testEvent());
    const id = await relay.endpoint(sink.urlOf('late'), { filter: JSON.stringify({ id: [wanted.aggregateId] }) });
    expect(await startReplay(relay, id, { what: 'missing', perSecond: 1 })).toMatchObject({ total: 1 });
    await relay.relay.runTask('run-replays');
    await relay.deliver();
    expect(sink.received.map(({ headers }) => headers['webhook-id'])).toEqual([wanted.id]);
    expect(await jobOf(relay)).toEqual({ status: 'completed', total: 1, queued: 1 });
  });

  it('goes on in another process where a killed one left it, and moves nothing twice', async () => {
    let now = Date.now();
    const clock = (): Date => new Date(now);
    await using survivor = await startTestRelay({ now: clock });
    await using sink = await startSink();
    const id = await survivor.endpoint(sink.urlOf('one'));
    await survivor.publish(...Array.from({ length: 20 }, () => testEvent()));
    await survivor.deliver();
    await survivor.sql(`update webhooks.delivery set status = 'dead'`, []);
    {
      await using killed = await startTestRelay({ databaseUrl: survivor.databaseUrl, now: clock });
      await startReplay(killed, id, { what: 'failed', perSecond: 8 });
      await killed.relay.runTask('run-replays');
    }
    for (let second = 0; second < 4; second += 1) {
      now += 1_000;
      await Promise.all([survivor.relay.runTask('run-replays'), survivor.relay.runTask('run-replays')]);
    }
    await survivor.deliver();
    expect(sink.received.length).toBe(40);
    expect(await jobOf(survivor)).toEqual({ status: 'completed', total: 20, queued: 20 });
  });

  it('whose step fails lets the others have their turns, and comes again', async () => {
    let now = Date.now();
    await using relay = await startTestRelay({ now: () => new Date(now) });
    await using sink = await startSink();
    const [broken, sound] = [await relay.endpoint(sink.urlOf('broken')), await relay.endpoint(sink.urlOf('sound'))];
    await relay.publish(testEvent());
    await relay.deliver();
    await relay.sql(`update webhooks.delivery set status = 'dead'`, []);
    const job = await startReplay(relay, broken, { what: 'failed' });
    await relay.sql(`update webhooks.replay_job set cursor = '{"part":"queued","at":"no time","id":""}' where id = $1`, [job.id]);
    const other = await startReplay(relay, sound, { what: 'failed' });
    await relay.sql(`update webhooks.replay_job set leased_until = $2 where id = $1`, [other.id, new Date(now)]);
    const statuses = 'select id, status, queued from webhooks.replay_job order by endpoint_id = $1 desc';
    // The relay runs them too.
    const run = async (): Promise<unknown> => {
      await relay.relay.runTask('run-replays').catch(() => {});
      return relay.sql(statuses, [broken]);
    };
    await expect.poll(run).toMatchObject([
      { status: 'running', queued: 0 },
      { status: 'completed', queued: 1 },
    ]);
    await relay.sql(`update webhooks.replay_job set cursor = null where id = $1`, [job.id]);
    now += 60_000;
    await expect.poll(run).toMatchObject([{ status: 'completed', queued: 1 }, { status: 'completed' }]);
  });

  it('does not call missing what is under way', async () => {
    // The clock stands: what is under way for a second is written down.
    const now = new Date();
    await using relay = await startTestRelay({ now: () => now });
    await using sink = await startSink(() => undefined);
    const id = await relay.endpoint(sink.urlOf('one'));
    await relay.publish(testEvent());
    await expect.poll(() => sink.received.length).toBe(1);
    expect(await startReplay(relay, id, { what: 'missing', perSecond: 10 })).toMatchObject({ total: 0 });
    await relay.relay.runTask('run-replays');
    expect(await relay.sql('select count(*)::int as rows from webhooks.delivery', [])).toEqual([{ rows: 0 }]);
  });

  it('stops when it is cancelled', async () => {
    let now = Date.now();
    await using relay = await startTestRelay({ now: () => new Date(now) });
    await using sink = await startSink();
    const id = await relay.endpoint(sink.urlOf('one'), { status: 'paused' });
    await relay.publish(...Array.from({ length: 10 }, () => testEvent()));
    await relay.sql(`update webhooks.delivery set status = 'dead'`, []);
    const job = await startReplay(relay, id, { what: 'failed', perSecond: 4 });
    await relay.relay.runTask('run-replays');
    const caller = testCaller(['read', 'write'], TENANT);
    await askSubgraph(relay.relay, caller, 'mutation ($id: ID!) { cancelWebhookReplay(id: $id) { status } }', { id: job.id });
    now += 5_000;
    await relay.relay.runTask('run-replays');
    expect(await jobOf(relay)).toEqual({ status: 'cancelled', total: 10, queued: 4 });
    expect(await relay.sql(`select count(*)::int as count from webhooks.delivery where status = 'pending'`, [])).toEqual([{ count: 4 }]);
  });
});
