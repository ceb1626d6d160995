import { Migration } from '@mikro-orm/migrations';
import { mechanicsDdl } from '@portico/service-kit/outbox/outbox';
import { reconciliationDdl } from '@portico/service-kit/outbox/outbox-ddl';

export class Webhooks extends Migration {
  override up(): void {
    // The ledger: every event that reached the relay, once. What the outboxes are compared with, and what an account reads back.
    this.addSql(`create table webhooks.event (
      id text collate "C" primary key,
      account_id text collate "C" not null,
      mode text collate "C" not null,
      type text collate "C" not null,
      payload_version int not null,
      aggregate_id text collate "C" not null,
      payload jsonb not null,
      request_id text not null,
      traceparent text,
      occurred_at timestamptz(3) not null,
      received_at timestamptz(3) not null
    )`);
    this.addSql(`create index event_created on webhooks.event (account_id, mode, occurred_at, id)`);
    this.addSql(`create index event_received on webhooks.event (received_at)`);

    this.addSql(`create table webhooks.endpoint (
      id text collate "C" primary key,
      account_id text collate "C" not null,
      mode text collate "C" not null,
      url text not null,
      description text,
      events text[] not null,
      filter jsonb,
      api_version text not null,
      status text collate "C" not null check (status in ('active', 'paused', 'disabled')),
      disabled_reason text,
      -- Since when it is disabled, and when its owners were told that the relay did it.
      disabled_at timestamptz(3),
      announced_at timestamptz(3),
      secret_sealed text not null,
      previous_secret_sealed text,
      previous_secret_expires_at timestamptz(3),
      headers_sealed text,
      schedule text not null default 'standard',
      rate_per_second int,
      concurrency int not null default 10 check (concurrency > 0),
      -- When it last proved that it answers, and how it failed to.
      verified_at timestamptz(3),
      verification_failure jsonb,
      -- Health. The gate keeps every delivery back until then: Retry-After, or an open circuit.
      gate_until timestamptz(3),
      circuit text not null default 'closed' check (circuit in ('closed', 'open', 'half-open')),
      circuit_failures int not null default 0,
      failing_since timestamptz(3),
      last_succeeded_at timestamptz(3),
      last_failed_at timestamptz(3),
      -- While a resumed endpoint drains what was held: events per second.
      drain_per_second int,
      -- When the next attempt may begin under a cap. Whoever claims moves it on, so that all processes keep the cap together.
      paced_until timestamptz,
      created_at timestamptz(3) not null,
      updated_at timestamptz(3) not null,
      version int not null default 1
    ) with (fillfactor = 70)`);
    this.addSql(`create index endpoint_created on webhooks.endpoint (account_id, mode, created_at, id)`);
    this.addSql(`create index endpoint_disabled on webhooks.endpoint (disabled_at) where disabled_at is not null and announced_at is null`);
    this.addSql(`create index endpoint_events on webhooks.endpoint using gin (events)`);

    // One row per event and endpoint: the work, and afterwards what became of it. No foreign keys: rows go at their own pace.
    this.addSql(`create table webhooks.delivery (
      id text collate "C" primary key,
      account_id text collate "C" not null,
      mode text collate "C" not null,
      event_id text collate "C" not null,
      endpoint_id text collate "C" not null,
      event_type text collate "C" not null,
      -- Deliveries of one aggregate to one endpoint go out in the order of their positions, one at a time.
      aggregate_id text collate "C" not null,
      position bigint generated always as identity,
      status text collate "C" not null check (status in ('pending', 'succeeded', 'dead', 'cancelled')),
      -- Attempts since it was last put to work; all of them are in the log.
      attempts int not null default 0,
      attempts_total int not null default 0,
      next_attempt_at timestamptz(3),
      lease uuid,
      leased_until timestamptz(3),
      replay_job_id text collate "C",
      last_error text,
      last_response_status int,
      completed_at timestamptz(3),
      created_at timestamptz(3) not null,
      unique (event_id, endpoint_id)
    ) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05)`);
    this.addSql(`create index delivery_due on webhooks.delivery (endpoint_id, next_attempt_at, position) where status = 'pending'`);
    this.addSql(`create index delivery_leased on webhooks.delivery (endpoint_id) where lease is not null`);
    this.addSql(`create index delivery_order on webhooks.delivery (endpoint_id, aggregate_id, position) where status = 'pending'`);
    this.addSql(`create index delivery_created on webhooks.delivery (account_id, mode, endpoint_id, created_at, id)`);
    this.addSql(`create index delivery_status on webhooks.delivery (account_id, mode, status, created_at, id)`);

    // Every attempt, append-only, in day partitions that are dropped whole after 30 days.
    this.addSql(`create table webhooks.attempt (
      id text collate "C" not null,
      account_id text collate "C" not null,
      mode text collate "C" not null,
      delivery_id text collate "C" not null,
      endpoint_id text collate "C" not null,
      event_id text collate "C" not null,
      number int not null,
      outcome text collate "C" not null,
      url text not null,
      request_headers jsonb not null,
      request_body text,
      response_status int,
      response_headers jsonb,
      response_body text,
      response_truncated boolean not null default false,
      error_code text,
      error_message text,
      timings jsonb not null,
      duration_ms int not null,
      started_at timestamptz(3) not null,
      primary key (id, started_at)
    ) partition by range (started_at)`);
    this.addSql(`create index attempt_delivery on webhooks.attempt (account_id, mode, delivery_id, started_at, id)`);
    this.addSql(`create index attempt_endpoint on webhooks.attempt (account_id, mode, endpoint_id, started_at, id)`);

    this.addSql(`create table webhooks.replay_job (
      id text collate "C" primary key,
      account_id text collate "C" not null,
      mode text collate "C" not null,
      endpoint_id text collate "C" not null,
      -- What is replayed: failed | missing | all, since when, until when, of which event types.
      selection jsonb not null,
      status text collate "C" not null check (status in ('running', 'completed', 'cancelled')),
      total int not null,
      queued int not null default 0,
      cursor text,
      per_second int not null,
      lease uuid,
      leased_until timestamptz(3),
      created_at timestamptz(3) not null,
      updated_at timestamptz(3) not null,
      completed_at timestamptz(3),
      version int not null default 1
    )`);
    this.addSql(`create index replay_job_created on webhooks.replay_job (account_id, mode, created_at, id)`);
    this.addSql(`create index replay_job_running on webhooks.replay_job (updated_at) where status = 'running'`);
    for (const statement of [...mechanicsDdl('webhooks'), ...reconciliationDdl('webhooks')]) this.addSql(statement);
  }
}
