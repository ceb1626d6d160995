// The tables of the PostgreSQL log. A row's place is its transaction's id and then its own: by ids alone a reader would pass over rows of
// a transaction that began earlier and commits later.
import pg from 'pg';

const DDL = [
  'create schema if not exists bus',
  `create table if not exists bus.event (
    id bigint generated always as identity primary key,
    xid xid8 not null default pg_current_xact_id(),
    message_id text not null unique,
    event json not null,
    created_at timestamptz(3) not null default now()
  )`,
  'create index if not exists event_place on bus.event (xid, id)',
  `create table if not exists bus.consumer (
    name text primary key,
    xid xid8 not null default '0',
    id bigint not null default 0
  )`,
  // Transaction ids of the future come from another server, out of a dump. They would hide all that is published here until its own ids get there.
  `update bus.event set xid = '0' where xid >= pg_snapshot_xmax(pg_current_snapshot())`,
  `update bus.consumer set xid = '0' where xid >= pg_snapshot_xmax(pg_current_snapshot())`,
];

/** Makes the tables where they are missing. Several processes may do so at once. */
export async function preparePostgresBus(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'portico bus migration' });
  // The statement that fails reports it.
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', ['portico bus migration']);
    for (const statement of DDL) await client.query(statement);
    await client.query('commit');
  } finally {
    await client.end();
  }
}
