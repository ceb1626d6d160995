import { Migration } from '@mikro-orm/migrations';
import { LATENCY_BOUNDS_MS } from '@portico/contracts/audit';

const CLASSES = LATENCY_BOUNDS_MS.length + 1;
const HISTOGRAM = Array.from({ length: CLASSES }, (_, i) => `count(*) filter (where class = ${i})`).join(', ');
const BOUNDS = [...LATENCY_BOUNDS_MS].map((bound) => -bound).reverse();

export class RequestLogByCopy extends Migration {
  override up(): void {
    // What a batch of records adds to `usage_day`, written with the batch and folded in once a minute.
    this.addSql(`create table access.usage_delta (
      account_id text collate "C" not null,
      day date not null,
      mode text collate "C" not null,
      key_id text collate "C" not null,
      route text collate "C" not null,
      requests bigint not null,
      errors jsonb not null,
      latency bigint[] not null
    )`);
    // What was recorded and not counted yet.
    this.addSql(`with fresh as (
        select coalesce(account_id, '') as account_id, (at at time zone 'UTC')::date as day, coalesce(mode, '') as mode,
          coalesce(actor, '') as key_id, coalesce(operation, '') as route, status, coalesce(error_code, status::text) as code,
          ${CLASSES - 1} - width_bucket(-duration_ms::numeric, array[${BOUNDS.join(', ')}]::numeric[]) as class
        from access.request_log where written_by >= (select counted_before from access.usage_progress)
      ), failed as (
        select account_id, day, mode, key_id, route, jsonb_object_agg(code, times) as errors from (
          select account_id, day, mode, key_id, route, code, count(*) as times from fresh where status >= 400 group by 1, 2, 3, 4, 5, 6
        ) by_code group by 1, 2, 3, 4, 5
      )
      insert into access.usage_delta (account_id, day, mode, key_id, route, requests, errors, latency)
      select account_id, day, mode, key_id, route, count(*), coalesce(min(errors::text)::jsonb, '{}'), array[${HISTOGRAM}]
      from fresh left join failed using (account_id, day, mode, key_id, route) group by 1, 2, 3, 4, 5`);
    this.addSql('drop table access.usage_progress');
    // With the column goes its index.
    this.addSql('alter table access.request_log drop column written_by');
  }
}
