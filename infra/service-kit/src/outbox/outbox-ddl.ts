/** DDL that an outbox needs to be published from, reconciled and pruned. Each partial index holds only the rows that its reader looks for. */
export function reconciliationDdl(schema: string): string[] {
  return [
    // How often it was found lost. Part of the message's id, so that the broker takes it for a new one.
    `alter table "${schema}".outbox add column reconciled_at timestamptz(3), add column republished smallint not null default 0`,
    `create index outbox_unreconciled on "${schema}".outbox (published_at, position) where published_at is not null and reconciled_at is null`,
    `create index outbox_reconciled on "${schema}".outbox (reconciled_at) where reconciled_at is not null`,
  ];
}
