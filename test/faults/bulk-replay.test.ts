// A bulk replay among many deliveries, whose processes are killed in the middle of it: it sends what its dry run counted, and counts each once.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { newId } from '@portico/contracts/ids';
import { askSubgraph, createTestDatabase, testCaller } from '@portico/service-kit/testing';
import { startTestRelay, TENANT, type TestRelay } from '@portico/webhook-relay/testing/start-test-relay';
import pg from 'pg';
import { expect, it } from 'vitest';
import { FULL, printCounts } from './counts.ts';
import { type FaultSink, startFaultSink } from './sink.ts';

const ROWS = FULL ? 1_000_000 : 100_000;
const FAILED = FULL ? 20_000 : 1_000;
const PER_SECOND = FULL ? 1_000 : 200;
const KILLS = 2;
const LEASE_MS = 2_000;
const CONCURRENCY = 20;
const program = fileURLToPath(import.meta.resolve('@portico/webhook-relay/testing/relay-process'));

/** Finished deliveries of a week to two endpoints; the newest of the first one's failed. Inserted as rows, since sending them is not the promise. */
async function fill(relay: TestRelay, [one, other]: readonly [string, string]): Promise<void> {
  const about = [TENANT.accountId, TENANT.mode, ROWS];
  await relay.sql(
    `insert into webhooks.event (id, account_id, mode, type, payload_version, aggregate_id, payload, request_id, occurred_at, received_at)
     select 'evt_' || i, $1, $2, 'customer.created', 1, 'cust_' || i, json_build_object('id', 'cust_' || i, 'status', 'active', 'createdAt', at), 'req_1', at, at
     from (select i, now() - interval '7 days' * i / $3 as at from generate_series(1, $3::int) i) e`,
    about,
  );
  await relay.sql(
    `insert into webhooks.delivery (id, account_id, mode, event_id, endpoint_id, event_type, aggregate_id, status, attempts, attempts_total,
       completed_at, created_at)
     select 'dlv_' || i, $1, $2, 'evt_' || i, case when i % 2 = 0 then $4 else $5 end, 'customer.created', 'cust_' || i,
       case when i <= 2 * $6::int then 'dead' else 'succeeded' end, 5, 5, at, at
     from (select i, now() - interval '7 days' * i / $3 as at from generate_series(1, $3::int) i) e`,
    [...about, one, other, FAILED],
  );
}

async function ask<Result>(relay: TestRelay, source: string, variables: Readonly<Record<string, unknown>>): Promise<Result> {
  const caller = testCaller(['read', 'write'], { ...TENANT, requestId: newId('request') });
  return Object.values(await askSubgraph<Record<string, Result>>(relay.relay, caller, source, variables))[0] as Result;
}

async function startProcess(databaseUrl: string): Promise<ChildProcess> {
  const child = fork(program, [databaseUrl, String(LEASE_MS)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const [first] = await Promise.race([once(child, 'message'), once(child, 'exit')]);
  expect(first).toBe('running');
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

const STATE = `select j.status, j.queued,
    (select count(*)::int from webhooks.delivery d where d.replay_job_id = j.id and d.status = 'succeeded') as sent
  from webhooks.replay_job j where j.id = $1`;

async function connectTo(connectionString: string): Promise<pg.Client & AsyncDisposable> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() });
}

/** Counts, starts the job, and is gone before anything is sent: whoever comes next goes on with it. */
async function prepare(databaseUrl: string, sink: FaultSink): Promise<string> {
  await using relay = await startTestRelay({ databaseUrl });
  const one = await relay.endpoint(sink.urlOf('one'), { concurrency: CONCURRENCY, status: 'paused' });
  await fill(relay, [one, await relay.endpoint(sink.urlOf('other'))]);
  const source =
    'mutation ($id: ID!, $input: StartWebhookReplayInput!) { startWebhookReplay(endpointId: $id, input: $input) { id total } }';
  const input = { what: 'failed', since: '2020-01-01T00:00:00.000Z', perSecond: PER_SECOND };
  const counted = await ask<{ total: number }>(relay, source, { id: one, input: { ...input, dryRun: true } });
  expect(await relay.sql('select id from webhooks.replay_job', [])).toEqual([]);
  const job = await ask<{ id: string; total: number }>(relay, source, { id: one, input });
  expect([counted.total, job.total]).toEqual([FAILED, FAILED]);
  await relay.sql(`update webhooks.endpoint set status = 'active' where id = $1`, [one]);
  return job.id;
}

it('sends what the dry run counted, resumes after two kills, and counts each delivery once', { timeout: 300_000 }, async () => {
  await using sink = await startFaultSink();
  await using database = await createTestDatabase();
  const job = await prepare(database.url, sink);
  let child = await startProcess(database.url);
  for (let kills = 0; kills < KILLS; kills += 1) {
    const enough = ((kills + 1) * FAILED) / (KILLS + 2);
    await expect.poll(() => sink.timesOf('one').size, { timeout: 120_000, interval: 5 }).toBeGreaterThanOrEqual(enough);
    await kill(child);
    child = await startProcess(database.url);
  }
  await using client = await connectTo(database.url);
  const state = async (): Promise<unknown> => (await client.query(STATE, [job])).rows[0];
  await expect.poll(state, { timeout: 180_000, interval: 100 }).toEqual({ status: 'completed', queued: FAILED, sent: FAILED });
  await kill(child);

  const times = sink.timesOf('one');
  expect(times.size).toBe(FAILED);
  expect(sink.of('other')).toEqual([]);
  const twice = sink.of('one').length - FAILED;
  // What was under way at a kill, and what had been answered and not yet written down.
  expect(twice).toBeLessThanOrEqual(KILLS * 2 * CONCURRENCY);
  printCounts('bulk replay', { rows: ROWS, sent: times.size, 'sent twice': twice, kills: KILLS });
});
