import { Migration } from '@mikro-orm/migrations';

export class Audit extends Migration {
  override up(): void {
    // No primary key: request ids may be chosen by the caller. `written_by` is the writing transaction, by which the roll-up knows what is new.
    this.addSql(`create table access.request_log (
      at timestamptz(3) not null,
      request_id text collate "C" not null,
      account_id text collate "C",
      mode text collate "C",
      actor text collate "C",
      method text not null,
      operation text collate "C",
      path text,
      query text not null,
      status smallint not null,
      error_code text collate "C",
      duration_ms real not null,
      address text not null,
      user_agent text,
      written_by bigint not null
    ) partition by range (at)`);
    this.addSql(`create index request_log_account on access.request_log (account_id, at)`);
    this.addSql(`create index request_log_written on access.request_log using brin (written_by) with (autosummarize = on)`);
    this.addSql(`create table access.admin_log (
      id uuid primary key,
      at timestamptz(3) not null,
      actor text collate "C" not null,
      action text collate "C" not null,
      target text collate "C" not null,
      before jsonb,
      after jsonb
    )`);
    this.addSql(`create index admin_log_target on access.admin_log (target, at)`);
    this.addSql(`create index admin_log_at on access.admin_log (at)`);
    this.addSql(`create function access.refuse_change() returns trigger language plpgsql as $$
      begin
        raise exception '% is append-only: % is refused', tg_table_name, tg_op using errcode = 'insufficient_privilege';
      end $$`);
    // A trigger for rows is there on every partition; one for TRUNCATE has to be made with each.
    for (const table of ['request_log', 'admin_log']) {
      this.addSql(
        `create trigger append_only before update or delete on access.${table} for each row execute function access.refuse_change()`,
      );
      this.addSql(`create trigger append_only_truncate before truncate on access.${table} execute function access.refuse_change()`);
    }
    // What is unknown of a request without credentials or endpoint is '': it is part of the key.
    this.addSql(`create table access.usage_day (
      account_id text collate "C" not null,
      day date not null,
      mode text collate "C" not null,
      key_id text collate "C" not null,
      route text collate "C" not null,
      requests bigint not null,
      errors jsonb not null,
      latency bigint[] not null,
      primary key (account_id, day, mode, key_id, route)
    )`);
    this.addSql(`create table access.usage_progress (
      one boolean primary key default true check (one),
      counted_before bigint not null
    )`);
    this.addSql(`insert into access.usage_progress (counted_before) values (0)`);
  }
}
